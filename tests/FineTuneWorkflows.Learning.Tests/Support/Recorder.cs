using FineTuneWorkflows.Learning.Training;

namespace FineTuneWorkflows.Learning.Tests.Support;

/// <summary>The end of a process, as far as one process can play it.</summary>
internal sealed class KilledException : Exception;

/// <summary>Keeps what a training says, and kills it at a step where a test says so.</summary>
internal sealed class Recorder : ITrainingObserver
{
    /// <summary>The step after which the training is killed; 0 for never.</summary>
    public long KillAtStep { get; init; }

    public Action<long>? AtStep { get; init; }

    public TrainingStarted? Started { get; private set; }

    public List<TrainingStep> Steps { get; } = [];

    public List<TrainingEvaluation> Evaluations { get; } = [];

    public List<long> Checkpoints { get; } = [];

    public List<(string Folder, string Reason)> Skipped { get; } = [];

    public List<string> Notes { get; } = [];

    public void OnStarted(TrainingStarted started) => Started = started;

    public void OnStep(TrainingStep step)
    {
        Steps.Add(step);
        AtStep?.Invoke(step.Step);
        if (step.Step == KillAtStep)
            throw new KilledException();
    }

    public void OnEvaluation(TrainingEvaluation evaluation) => Evaluations.Add(evaluation);

    public void OnCheckpointWritten(string folder, long step) => Checkpoints.Add(step);

    public void OnCheckpointSkipped(string folder, string reason) => Skipped.Add((folder, reason));

    public void OnNote(string message) => Notes.Add(message);
}
