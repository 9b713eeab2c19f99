namespace FineTuneWorkflows.Text.Datasets.Splitting;

/// <summary>
/// Decides which rows stay. The order of the rows has no influence: everything follows from texts, labels and given splits.
/// </summary>
internal sealed class Membership
{
    public long DuplicatesWithin { get; private set; }

    public long DuplicatesAcross { get; private set; }

    public long ContradictingTexts { get; private set; }

    public long ContradictingRows { get; private set; }

    /// <summary>Counts equal texts and, where that is asked for, removes them. Sorts the rows by text.</summary>
    public void Find(Span<RowKey> rows, bool remove)
    {
        rows.Sort(static (a, b) =>
        {
            var byText = a.Text.CompareTo(b.Text);
            if (byText != 0) return byText;
            var byExact = a.Exact.CompareTo(b.Exact);
            return byExact != 0 ? byExact : a.Row.CompareTo(b.Row);
        });
        for (var start = 0; start < rows.Length;)
        {
            var end = start + 1;
            while (end < rows.Length && rows[end].Text == rows[start].Text) end++;
            if (end - start > 1) Resolve(rows[start..end], remove);
            start = end;
        }
    }

    private void Resolve(Span<RowKey> equal, bool remove)
    {
        var winner = equal[0].Split;
        foreach (ref var row in equal)
        {
            if (Precedence(row.Split) > Precedence(winner)) winner = row.Split;
        }
        var kept = -1;
        var contradictingInWinner = false;
        var contradicting = false;
        for (var i = 0; i < equal.Length; i++)
        {
            if (equal[i].Answer != equal[0].Answer) contradicting = true;
            if (equal[i].Split != winner) continue;
            if (kept < 0) kept = i;
            else if (equal[i].Answer != equal[kept].Answer) contradictingInWinner = true;
        }
        if (contradicting) ContradictingTexts++;
        for (var i = 0; i < equal.Length; i++)
        {
            if (equal[i].Split != winner) DuplicatesAcross++;
            else if (contradictingInWinner) ContradictingRows++;
            else if (i != kept) DuplicatesWithin++;
            else continue;
            if (remove) equal[i].Split = RowKey.Removed;
        }
    }

    private static int Precedence(byte split) => split switch
    {
        (byte)SplitName.Test => 3,
        (byte)SplitName.Validation => 2,
        _ => 1,
    };
}
