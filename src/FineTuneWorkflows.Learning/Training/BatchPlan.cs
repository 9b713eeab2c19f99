using FineTuneWorkflows.Learning.Data;

namespace FineTuneWorkflows.Learning.Training;

/// <summary>Which sequences each step of a training takes. A token budget cuts each epoch's shuffle differently, so epochs can differ in steps.</summary>
internal sealed class BatchPlan
{
    private readonly ISequenceDataset _data;
    private readonly TrainingOptions _options;
    private readonly int[] _steps;

    public BatchPlan(ISequenceDataset data, TrainingOptions options)
    {
        (_data, _options) = (data, options);
        int fixedCount = Batcher.CountBatches(data.Count, options.BatchSize);
        _steps = [.. Enumerable.Range(0, options.Epochs).Select(epoch => options.BatchTokens > 0 ? Of(epoch).Length : fixedCount)];
        TotalSteps = _steps.Sum(steps => (long)steps);
    }

    /// <summary>The number of steps of all epochs.</summary>
    public long TotalSteps { get; }

    /// <summary>The number of steps of an epoch, counted from 0.</summary>
    public int StepsOf(int epoch) => _steps[epoch];

    /// <summary>The batches of an epoch, in order.</summary>
    public int[][] Of(int epoch) => Batcher.Shuffled(_data, _options.BatchSize, _options.Seed, epoch, _options.BatchTokens);
}
