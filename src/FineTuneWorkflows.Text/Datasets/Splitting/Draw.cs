using System.Runtime.InteropServices;
using FineTuneWorkflows.Text.Randomness;

namespace FineTuneWorkflows.Text.Datasets.Splitting;

/// <summary>
/// Draws a split for the rows that have none. The order of the rows has no influence: everything follows from texts, labels, groups and the seed. With
/// folds the rows that are not for testing are divided into parts of equal size, one of which is for validation.
/// </summary>
internal sealed class Draw(long seed, double validationShare, double testShare, int folds, int fold)
{
    private const ulong Purpose = 0x53504C4954; // "SPLIT"

    /// <summary>By share within each class; rows of kinds that do not have one label are one class.</summary>
    public void ByClass(Span<RowKey> rows)
    {
        var perClass = new List<List<(ulong Rank, int Index)>>();
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i].Split != RowKey.Unassigned) continue;
            var rank = ItemRandom.For(seed, Purpose, rows[i].Text).Next();
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

    /// <summary>Whole groups, until they have the share of all rows; a fold has the groups whose middle lies in it.</summary>
    public void ByGroup(Span<RowKey> rows)
    {
        var groups = new SortedDictionary<(ulong Rank, ulong Group), List<int>>();
        var count = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i].Split != RowKey.Unassigned) continue;
            var key = (ItemRandom.For(seed, Purpose, rows[i].Group).Next(), rows[i].Group);
            if (!groups.TryGetValue(key, out var members)) groups.Add(key, members = []);
            members.Add(i);
            count++;
        }
        var (test, validation) = (Take(count, testShare), Take(count, validationShare));
        var (inTest, after) = (0, 0);
        foreach (var members in groups.Values)
        {
            SplitName split;
            if (inTest < test)
            {
                split = SplitName.Test;
                inTest += members.Count;
            }
            else
            {
                var middle = after + (members.Count / 2);
                var chosen = folds > 0 ? (long)middle * folds / (count - inTest) == fold : after < validation;
                split = chosen ? SplitName.Validation : SplitName.Train;
                after += members.Count;
            }
            foreach (var i in members) rows[i].Split = (byte)split;
        }
    }

    /// <summary>
    /// Moves rows that were drawn to the split of the first one with their text. The rows are sorted by text.
    /// </summary>
    public static void KeepEqualTextsTogether(Span<RowKey> rows, ReadOnlySpan<bool> wereDrawn)
    {
        for (var start = 0; start < rows.Length;)
        {
            var end = start + 1;
            while (end < rows.Length && rows[end].Text == rows[start].Text) end++;
            var first = -1;
            for (var i = start; i < end; i++)
            {
                if (wereDrawn[i] && first < 0) first = i;
                else if (wereDrawn[i]) rows[i].Split = rows[first].Split;
            }
            start = end;
        }
    }

    /// <summary>The share rounded to the nearest row, half up; at least one row of a class that has three or more.</summary>
    private static int Take(int count, double share)
    {
        if (share <= 0) return 0;
        var rounded = (int)Math.Floor((count * share) + 0.5);
        return rounded == 0 && count >= 3 ? 1 : rounded;
    }
}
