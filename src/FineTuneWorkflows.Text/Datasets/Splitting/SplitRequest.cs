using FineTuneWorkflows.Text.Datasets.Reading;

namespace FineTuneWorkflows.Text.Datasets.Splitting;

/// <summary>Which files to make a dataset from, and how to divide them.</summary>
public sealed record SplitRequest
{
    /// <summary>
    /// The files with examples: all of them, or those to train on when <see cref="ValidationFiles"/>, <see cref="TestFiles"/> or a split column are
    /// given.
    /// </summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>
    /// Files whose rows are the validation split. Default none: the split column says so, or <see cref="ValidationShare"/> of the training rows is
    /// taken.
    /// </summary>
    public IReadOnlyList<string> ValidationFiles { get; init; } = [];

    /// <summary>
    /// Files whose rows are the test split. Default none: the split column says so, or <see cref="TestShare"/> of the training rows is taken.
    /// </summary>
    public IReadOnlyList<string> TestFiles { get; init; } = [];

    /// <summary>How to read the files. The split column counts for <see cref="Files"/> only.</summary>
    public ReadOptions Read { get; init; } = new();

    /// <summary>
    /// Whether rows with equal texts are removed, within splits and across them. Default true. False keeps all rows, as published test sets must; those
    /// that are drawn into a split take equal texts with them, and what would have been removed is counted.
    /// </summary>
    public bool Deduplicate { get; init; } = true;

    /// <summary>The share of each class that goes to validation where no validation split is given; 0 to below 1. Default 0.1.</summary>
    public double ValidationShare { get; init; } = 0.1;

    /// <summary>The share of each class that goes to test where no test split is given; 0 to below 1. Default 0.2.</summary>
    public double TestShare { get; init; } = 0.2;

    /// <summary>
    /// The number of folds of a cross-validation: the training and validation rows of each class are divided into this many parts of equal size, whatever
    /// <see cref="ValidationShare"/> says. Default 0: none.
    /// </summary>
    public int Folds { get; init; }

    /// <summary>The fold that is the validation split, from 0; the others are for training. Default 0.</summary>
    public int Fold { get; init; }

    /// <summary>The seed that decides which rows these are. Default 42.</summary>
    public long Seed { get; init; } = 42;
}
