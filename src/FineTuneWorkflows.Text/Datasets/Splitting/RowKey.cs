namespace FineTuneWorkflows.Text.Datasets.Splitting;

/// <summary>All that is remembered of a row while membership is decided: 56 bytes.</summary>
internal struct RowKey
{
    /// <summary>The text's identity.</summary>
    public UInt128 Text;

    /// <summary>A hash of the text as it is written; decides which of several equal texts stays.</summary>
    public ulong Exact;

    /// <summary>The row's position among all good rows of all files.</summary>
    public int Row;

    /// <summary>The label's number in the order of first appearance; 0 for kinds that do not have one label.</summary>
    public int Label;

    /// <summary>A hash of the label, the labels or the tags: equal texts with different answers contradict each other.</summary>
    public ulong Answer;

    /// <summary>A hash of the row's group; 0 where there are no groups.</summary>
    public ulong Group;

    /// <summary>The split that was given, or <see cref="Unassigned"/>, or, in the end, the one decided, or <see cref="Removed"/>.</summary>
    public byte Split;

    /// <summary>No split was given.</summary>
    public const byte Unassigned = 254;

    /// <summary>The row stays out of the dataset.</summary>
    public const byte Removed = 255;
}
