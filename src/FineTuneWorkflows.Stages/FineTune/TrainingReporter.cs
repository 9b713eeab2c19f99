using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Learning.Training.Memory;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Stages.Estimates;

namespace FineTuneWorkflows.Stages.FineTune;

/// <summary>Logs and shows what a training does.</summary>
internal sealed class TrainingReporter(StageContext context) : ITrainingObserver
{
    public void OnMemory(MemoryEstimate estimate, TorchDevice device)
    {
        context.Trace($"{estimate}");
        if (DeviceMemory.Total(device) is { } total && estimate.Peak > total)
            context.Note(FormattableString.Invariant($"the training may not fit: it takes {estimate}, and {device} has {total / 1e9:0.00} GB; {StageEstimate.Advice}"));
    }

    public void OnStarted(TrainingStarted started)
    {
        context.Trace($"{started.ParameterCount} parameters on {started.Device}, {started.Threads} threads, {started.StepsPerEpoch} steps an epoch");
        if (started.ResumedFrom is not null)
            context.Note($"continues at step {started.StepsDone} of {started.TotalSteps}");
    }

    public void OnStep(TrainingStep step)
    {
        context.LogMetrics(
            [
                new("train/loss", step.Loss), new("train/learning_rate", step.LearningRate), new("train/gradient_norm", step.GradientNorm),
                new("train/tokens_per_second", step.TokensPerSecond), new("train/padding_share", step.PaddingShare),
                new("train/mfu", step.Utilization), new("train/seconds_left", step.SecondsLeft),
            ],
            step.Step);
        context.Report(new(
            step.Step, step.TotalSteps, "steps",
            FormattableString.Invariant($"epoch {step.Epoch}  loss {step.Loss:0.0000}  lr {step.LearningRate:0.00e-0}  {step.TokensPerSecond:0} tokens/s")));
    }

    public void OnEvaluation(TrainingEvaluation evaluation)
    {
        context.LogMetrics([new("train/epoch_loss", evaluation.TrainingLoss), .. evaluation.Metrics], evaluation.Step);
        context.Note(FormattableString.Invariant($"epoch {evaluation.Epoch}: training loss {evaluation.TrainingLoss:0.0000}")
            + string.Concat(evaluation.Metrics.Select(m => FormattableString.Invariant($", {m.Key} {m.Value:0.0000}"))) + (evaluation.IsBest ? ", the best so far" : ""));
    }

    public void OnCheckpointWritten(string folder, long step) => context.Trace($"checkpoint at step {step}");

    public void OnCheckpointSkipped(string folder, string reason) => context.Note($"the checkpoint {Path.GetFileName(folder)} is not used: {reason}");

    public void OnNote(string message) => context.Note(message);
}
