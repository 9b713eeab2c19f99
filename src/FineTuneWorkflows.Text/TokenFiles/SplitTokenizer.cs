using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Files;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.TokenFiles;

/// <summary>
/// Tokenizes one split into one token file. Lines are read in blocks; a block's lines are shared among the threads and written in their order.
/// </summary>
internal sealed class SplitTokenizer(DatasetFolder source, Tokenizer tokenizer, TokenizePlan plan)
{
    private readonly long[] _perClass = new long[source.Labels.Count];
    private readonly LengthCounter _lengths = new();
    private long _examples;
    private long _unknown;
    private long _truncatedTexts;
    private long _truncatedTokens;

    public TokenSplitSummary Write(SplitName split, string path, IProgress<TextProgress>? progress, CancellationToken cancellationToken)
    {
        var file = source.FileOf(split);
        var said = source.Info.Splits[split.ToText()];
        var phase = "tokenizing " + split.ToText();
        var workers = Enumerable.Range(0, plan.Threads).Select(_ => new ExampleEncoder(source, tokenizer, plan, file, cancellationToken)).ToArray();
        try
        {
            using var reader = new LineBlockReader(file);
            using var writer = new TokenFileWriter(path, TokenFileLayout.Of(source.Kind, source.Labels.Count, tokenizer.VocabularySize));
            var sink = new RowSink(writer, plan);
            while (reader.Next() is { } block)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Encode(workers, block);
                foreach (var worker in workers) Drain(worker.Batch, sink);
                progress?.Report(new TextProgress(phase, _examples, said.Count, "rows"));
            }
            sink.Complete();
            source.Verify(file, said, _examples, _perClass);
            writer.Complete();
            return Summary(sink);
        }
        finally
        {
            foreach (var worker in workers) worker.Dispose();
        }
    }

    private TokenSplitSummary Summary(RowSink sink) => new()
    {
        Count = sink.Rows,
        Examples = _examples,
        Classes = source.Labels.Select((label, index) => (label, index)).ToDictionary(p => p.label, p => _perClass[p.index], StringComparer.Ordinal),
        Tokens = sink.Tokens,
        UnknownTokens = _unknown,
        TruncatedTexts = _truncatedTexts,
        TruncatedTokens = _truncatedTokens,
        DroppedExamples = sink.Dropped,
        Lengths = _lengths.Summary(),
    };

    private static void Encode(ExampleEncoder[] workers, LineBlock block)
    {
        if (workers.Length == 1)
        {
            workers[0].Encode(block, 0, block.Count);
            return;
        }
        try
        {
            Parallel.For(0, workers.Length, w =>
            {
                var from = (int)((long)block.Count * w / workers.Length);
                var to = (int)((long)block.Count * (w + 1) / workers.Length);
                workers[w].Encode(block, from, to);
            });
        }
        catch (AggregateException e)
        {
            // Of several damaged lines the first is the one to tell.
            var first = e.InnerExceptions.OrderBy(i => i is TextDataException { Line: { } line } ? line : 0).First();
            ExceptionDispatchInfo.Throw(first);
        }
    }

    private void Drain(RowBatch batch, RowSink sink)
    {
        var (token, number, index) = (0, 0, 0);
        var labels = CollectionsMarshal.AsSpan(batch.TokenLabels);
        var classes = CollectionsMarshal.AsSpan(batch.Classes);
        foreach (var (row, count) in batch.Rows)
        {
            var own = classes.Slice(number, count);
            sink.Add(new TokenRow(batch.Tokens.Ids.Slice(token, row.Length))
            {
                TokenLabels = labels.IsEmpty ? default : labels.Slice(token, row.Length),
                Label = own.IsEmpty ? 0 : own[0],
                SecondStart = row.SecondStart < 0 ? row.Length : row.SecondStart,
                Classes = own,
                ThirdStart = batch.Extras.Count > 0 ? batch.Extras[index].ThirdStart : 0,
                Score = batch.Extras.Count > 0 ? batch.Extras[index].Score : 0,
            });
            index++;
            foreach (var c in own) _perClass[c]++;
            token += row.Length;
            number += count;
            _lengths.Add((long)row.Length + row.Lost);
            _examples++;
            _unknown += row.Unknown;
            _truncatedTokens += row.Lost;
            if (row.Lost > 0) _truncatedTexts++;
        }
    }
}
