namespace FineTuneWorkflows.Learning.Checkpoints;

/// <summary>Where a training stands: what <c>state.json</c> of a checkpoint holds besides digests. Random state is derived from the position, so
/// there is none.</summary>
public sealed record TrainingState
{
    /// <summary>Digest of <see cref="Settings"/>; a checkpoint of another training is not resumed from.</summary>
    public required string Identity { get; init; }

    /// <summary>What decides the training's result, by name: options, and of data, model and the weights it started from their digests.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>The number of updates done.</summary>
    public required long Step { get; init; }

    /// <summary>The epoch under way, from 0.</summary>
    public required int Epoch { get; init; }

    /// <summary>The number of steps done in that epoch.</summary>
    public required int StepInEpoch { get; init; }

    /// <summary>Whether that epoch is whole, its validation included.</summary>
    public required bool EpochFinished { get; init; }

    /// <summary>Sum of that epoch's training losses.</summary>
    public required double EpochLossSum { get; init; }

    /// <summary>What <see cref="EpochLossSum"/> divides by for the mean.</summary>
    public required double EpochWeight { get; init; }

    /// <summary>The most sequences computed at once; 0 for whole batches. Smaller than asked for where memory ran out.</summary>
    public required int MicroBatchSize { get; init; }

    /// <summary>The most sequences that were asked to be computed at once; 0 for whole batches.</summary>
    public required int MicroBatchSizeAsked { get; init; }

    /// <summary>Epochs since the best metric improved.</summary>
    public required int EpochsWithoutImprovement { get; init; }

    /// <summary>The best epoch so far, or null before the first validation.</summary>
    public BestEpoch? Best { get; init; }

    /// <summary>What each whole epoch came to.</summary>
    public required IReadOnlyList<EpochRecord> History { get; init; }

    /// <summary>The number of threads that computed it.</summary>
    public required int Threads { get; init; }

    /// <summary>The device that computed it.</summary>
    public required string Device { get; init; }

    /// <summary>Whether a GPU computed it with algorithms that give the same bits each time; false on the CPU, whose always do.</summary>
    public required bool Deterministic { get; init; }

    /// <summary>The version of libtorch that computed it.</summary>
    public required string TorchVersion { get; init; }
}
