using FineTuneWorkflows.Pipelines.Contract.Events;

namespace FineTuneWorkflows.Pipelines.Journals;

/// <summary>
/// An observer that has something to say itself: what only shows beside the stages, such as how busy the machine is. What it says is journaled and told to all observers, as if a stage had said it.
/// </summary>
public interface IRunReporter : IRunObserver
{
    /// <summary>Called once, before the first event.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="publish">
    /// Says something. May be called from any thread, but not from within <see cref="IRunObserver.OnEvent"/>. What is said after the run's end, or when its journal is closed, is dropped. Throws where the
    /// journal cannot be written.
    /// </param>
    void Attach(string runId, Action<RunEvent> publish);

    /// <summary>Adds to a run's first event what is to be known of it from the beginning, before it is journaled. Default: nothing.</summary>
    /// <param name="started">The event as it is.</param>
    RunStarted Introduce(RunStarted started) => started;

    /// <summary>Asked when a stage ends, before that is told: done when what there is to say of the run once, such as its commit, has been said, so that a short run does not end without it. Default: done.</summary>
    /// <param name="cancellationToken">The user's wish to stop, who need not wait for it.</param>
    Task SettleAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
