using Microsoft.ML;
using Microsoft.ML.Data;

namespace FineTuneWorkflows.Learning.Baselines;

/// <summary>A view whose reading ends where it is cancelled: ML.NET's trainers take no cancellation token, but ask for each row.</summary>
internal sealed class CancellableView(IDataView inner, CancellationToken cancellation) : IDataView
{
    public bool CanShuffle => inner.CanShuffle;

    public DataViewSchema Schema => inner.Schema;

    public long? GetRowCount() => inner.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(inner.GetRowCursor(columnsNeeded, rand), cancellation);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [.. inner.GetRowCursorSet(columnsNeeded, n, rand).Select(cursor => new Cursor(cursor, cancellation))];

    private sealed class Cursor(DataViewRowCursor rows, CancellationToken cancellation) : DataViewRowCursor
    {
        public override long Position => rows.Position;

        public override long Batch => rows.Batch;

        public override DataViewSchema Schema => rows.Schema;

        public override bool MoveNext()
        {
            cancellation.ThrowIfCancellationRequested();
            return rows.MoveNext();
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => rows.GetIdGetter();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => rows.GetGetter<TValue>(column);

        public override bool IsColumnActive(DataViewSchema.Column column) => rows.IsColumnActive(column);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                rows.Dispose();
            base.Dispose(disposing);
        }
    }
}
