using System.Runtime.InteropServices;
using FineTuneWorkflows.Text.Randomness;

namespace FineTuneWorkflows.Text.Datasets.Splitting;

/// <summary>
/// Decides which rows stay and in which split. The order of the rows has no influence: everything follows from texts, labels, given splits and the
/// seed. Rows of kinds that do not have one label are one class.
/// </summary>
internal sealed class Membership
{
    private const ulong Purpose = 0x53504C4954; // "SPLIT"

    public long DuplicatesWithin { get; private set; }

    public long DuplicatesAcross { get; private set; }

    public long ContradictingTexts { get; private set; }

    public long ContradictingRows { get; private set; }

    /// <summary>Removes equal texts. Sorts the rows by text.</summary>
    public void RemoveDuplicates(Span<RowKey> rows)
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
            if (end - start > 1) Resolve(rows[start..end]);
            start = end;
        }
    }

    /// <summary>Gives the rows that have none a split, by share within each class; with folds, each class's rows that are not for testing are divided into parts of equal size.</summary>
    public void Assign(Span<RowKey> rows, long seed, double validationShare, double testShare, int folds, int fold)
    {
        var perClass = new List<List<(ulong Rank, int Index)>>();
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i].Split != RowKey.Unassigned) continue;
            var rank = RandomSequence.For(seed, Purpose, rows[i].Text).Next();
            while (perClass.Count <= rows[i].Label) perClass.Add([]);
            perClass[rows[i].Label].Add((rank, i));
        }
        foreach (var members in perClass)
        {
            // Rows are sorted by text here, so equal ranks are told apart by the text.
            CollectionsMarshal.AsSpan(members).Sort();
            var test = Take(members.Count, testShare);
            var rest = members.Count - test;
            var (from, to) = folds > 0
                ? ((int)((long)rest * fold / folds), (int)((long)rest * (fold + 1) / folds))
                : (0, Math.Min(Take(members.Count, validationShare), rest));
            for (var i = 0; i < members.Count; i++)
            {
                var split = i < test ? SplitName.Test : i - test >= from && i - test < to ? SplitName.Validation : SplitName.Train;
                rows[members[i].Index].Split = (byte)split;
            }
        }
    }

    /// <summary>The share rounded to the nearest row, half up; at least one row of a class that has three or more.</summary>
    private static int Take(int count, double share)
    {
        if (share <= 0) return 0;
        var rounded = (int)Math.Floor((count * share) + 0.5);
        return rounded == 0 && count >= 3 ? 1 : rounded;
    }

    private void Resolve(Span<RowKey> equal)
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
            equal[i].Split = RowKey.Removed;
        }
    }

    private static int Precedence(byte split) => split switch
    {
        (byte)SplitName.Test => 3,
        (byte)SplitName.Validation => 2,
        _ => 1,
    };
}
