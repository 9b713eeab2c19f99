using FineTuneWorkflows.Learning.Checkpoints;

namespace FineTuneWorkflows.Learning.Training;

/// <summary>What changed between a training's interruption and its resumption, as far as it changes the bits of the result.</summary>
internal static class ResumeNotes
{
    /// <summary>One sentence for each change.</summary>
    /// <param name="before">The checkpoint's state.</param>
    /// <param name="now">How the training goes on.</param>
    public static IEnumerable<string> Of(TrainingState before, TrainingState now)
    {
        (bool Changed, string What)[] changes =
        [
            (before.Threads != now.Threads, $"it ran with {before.Threads} threads and goes on with {now.Threads}"),
            (before.Device != now.Device, $"it ran on {before.Device} and goes on on {now.Device}"),
            (before.Deterministic != now.Deterministic, $"it ran {Algorithms(before.Deterministic)} and goes on {Algorithms(now.Deterministic)}"),
            (before.MicroBatchSizeAsked != now.MicroBatchSizeAsked, $"it was asked to compute {Pieces(before.MicroBatchSizeAsked)} and goes on with {Pieces(now.MicroBatchSizeAsked)}"),
            (before.TorchVersion != now.TorchVersion, $"it ran with libtorch {before.TorchVersion} and goes on with {now.TorchVersion}"),
        ];
        return changes.Where(change => change.Changed).Select(change =>
            $"The training was interrupted after step {before.Step}: {change.What}, so the result will not be bit-identical to an uninterrupted one.");
    }

    private static string Algorithms(bool deterministic) => deterministic ? "with deterministic algorithms alone" : "with all algorithms";

    private static string Pieces(int size) => size == 0 ? "whole batches" : $"{size} sequences at once";
}
