namespace FineTuneWorkflows.Learning.Tests.Training.Resuming;

/// <summary>How a training ends before its time.</summary>
internal enum Interruption
{
    /// <summary>Killed after a step.</summary>
    Kill,

    /// <summary>Cancelled after a step: it writes a checkpoint first.</summary>
    Cancel,

    /// <summary>Killed while it writes a new checkpoint: some of its files are there, under a temporary name.</summary>
    KillInWrite,

    /// <summary>Killed while a checkpoint is replaced by one of the same step: the old one has been renamed, the new one not yet.</summary>
    KillInReplacement,

    /// <summary>Killed after a checkpoint was replaced by one of the same step, before the old one was removed.</summary>
    KillAfterReplacement,
}
