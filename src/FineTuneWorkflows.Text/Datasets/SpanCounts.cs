namespace FineTuneWorkflows.Text.Datasets;

/// <summary>What became of entities that were marked in texts by their places. Only entities that begin or end inside a word are changed.</summary>
public sealed record SpanCounts
{
    /// <summary>How many entities there are.</summary>
    public long Entities { get; init; }

    /// <summary>How many took whole words.</summary>
    public long Widened { get; init; }

    /// <summary>How many were left out.</summary>
    public long Dropped { get; init; }

    /// <summary>In texts with characters that are one code point and two UTF-16 units: how many begin or end inside a word.</summary>
    public long MisalignedAmongPairs { get; init; }

    /// <summary>How many of the same entities would, or would not lie in the text at all, if places counted the other unit.</summary>
    public long MisalignedInOtherUnit { get; init; }

    /// <summary>The sum of both.</summary>
    internal SpanCounts Plus(SpanCounts other) => new()
    {
        Entities = Entities + other.Entities,
        Widened = Widened + other.Widened,
        Dropped = Dropped + other.Dropped,
        MisalignedAmongPairs = MisalignedAmongPairs + other.MisalignedAmongPairs,
        MisalignedInOtherUnit = MisalignedInOtherUnit + other.MisalignedInOtherUnit,
    };
}
