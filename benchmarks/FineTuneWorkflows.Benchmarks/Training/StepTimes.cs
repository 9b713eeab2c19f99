using FineTuneWorkflows.Learning.Training;

namespace FineTuneWorkflows.Benchmarks.Training;

/// <summary>Keeps what a training says of its steps.</summary>
internal sealed class StepTimes : ITrainingObserver
{
    private readonly List<TrainingStep> _steps = [];

    /// <summary>The steps, the first ones left out: memory is taken for the first time then.</summary>
    public IReadOnlyList<TrainingStep> After(int first) => [.. _steps.Skip(first)];

    public void OnStep(TrainingStep step) => _steps.Add(step);
}
