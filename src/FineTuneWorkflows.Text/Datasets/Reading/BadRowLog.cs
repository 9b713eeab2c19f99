namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>Counts the rows left out under <see cref="BadRowPolicy.Skip"/> and keeps the first ones.</summary>
public sealed class BadRowLog
{
    /// <summary>How many bad rows are kept with their reason.</summary>
    public const int Kept = 10;

    private readonly List<BadRow> _first = [];

    /// <summary>How many rows were left out.</summary>
    public long Count { get; private set; }

    /// <summary>How many conversations were left out, under any policy, because they say that nothing of them is to be learned.</summary>
    public long Unlearned { get; private set; }

    /// <summary>The first <see cref="Kept"/> of them, in the order they were met.</summary>
    public IReadOnlyList<BadRow> First => _first;

    /// <summary>Counts one more conversation that is not to be learned from.</summary>
    public void AddUnlearned() => Unlearned++;

    /// <summary>Counts one more.</summary>
    /// <param name="row">The row.</param>
    public void Add(BadRow row)
    {
        Count++;
        if (_first.Count < Kept) _first.Add(row);
    }
}
