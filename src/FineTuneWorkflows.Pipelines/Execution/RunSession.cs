using FineTuneWorkflows.Foundation.Locks;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Pipelines.Execution;

/// <summary>
/// A run whose stages are ordered by somebody else, such as a workflow server: keeps the run's journal and tells its observers, stage by stage. One session per run at a time; dispose it
/// when nothing of the run is executing, open it again for the next stage.
/// </summary>
public sealed class RunSession : IDisposable
{
    private readonly Home home;
    private readonly RunJournal journal;
    private readonly EventPublisher publisher;
    private readonly TimeProvider time;
    private readonly FileLock? held;

    private RunSession(Home home, string runId, FileLock? held, RunJournal journal, IReadOnlyList<IRunObserver> observers, TimeProvider time)
    {
        this.home = home;
        this.journal = journal;
        this.held = held;
        this.time = time;
        RunId = runId;
        publisher = new(runId, journal, observers);
    }

    /// <summary>The run.</summary>
    public string RunId { get; }

    /// <summary>Opens a run, making it where it is new.</summary>
    /// <param name="home">The home.</param>
    /// <param name="runId">The run's id; begin it with the time of the run's start (<c>yyyyMMdd-HHmmssfff</c>), so that runs sort by age.</param>
    /// <param name="pipelineId">The definition's id.</param>
    /// <param name="name">The definition's name.</param>
    /// <param name="properties">The values that the run was started with.</param>
    /// <param name="observers">Are told what happens.</param>
    /// <param name="resumed">Whether a run that is there already was interrupted and goes on now; its journal says so then. Default: false, it goes on to its next stage.</param>
    /// <param name="time">The clock. Default: the system's.</param>
    /// <param name="labels">What is said of the run where it is new. Default: nothing.</param>
    /// <exception cref="IOException">The journal cannot be written, or another session has it open.</exception>
    public static RunSession Open(
        Home home, string runId, string pipelineId, string name, IReadOnlyDictionary<string, object?> properties, IReadOnlyList<IRunObserver> observers, bool resumed = false,
        TimeProvider? time = null, RunLabels? labels = null)
    {
        time ??= TimeProvider.System;
        var path = RunJournal.PathOf(home, runId);
        var isNew = !File.Exists(path) || new FileInfo(path).Length == 0;
        // Tells other programs on this home that the run is going on. Who looks at that moment has it for an instant; then it goes without.
        var held = FileLock.TryAcquire(home.RunLock(runId));
        RunJournal journal;
        try
        {
            journal = RunJournal.Open(home, runId);
        }
        catch
        {
            held?.Dispose();
            throw;
        }

        var session = new RunSession(home, runId, held, journal, observers, time);
        if (isNew)
        {
            session.Publish(new RunStarted(
                time.GetUtcNow(), runId, pipelineId, labels?.Name ?? name, null, properties.ToDictionary(p => p.Key, p => CanonicalText.Of(p.Value)), StageExecutor.EngineVersion));
            if (labels?.Event(time.GetUtcNow(), resumed: false) is { } labelled)
                session.Publish(labelled);
        }
        else if (resumed)
            session.Publish(new RunResumed(time.GetUtcNow(), runId));
        return session;
    }

    /// <summary>Journals an event and tells the observers.</summary>
    public void Publish(RunEvent runEvent) => publisher.Publish(runEvent);

    /// <summary>Executes a stage and journals how it went.</summary>
    /// <param name="executor">Executes it.</param>
    /// <param name="request">The stage with its inputs.</param>
    /// <param name="cancellationToken">The user's wish to stop.</param>
    /// <returns>The result; a failure and a cancellation are results, not exceptions.</returns>
    public async Task<StageResult> ExecuteAsync(StageExecutor executor, StageRequest request, CancellationToken cancellationToken)
    {
        var result = await executor.ExecuteAsync(request, Publish, cancellationToken).ConfigureAwait(false);
        await publisher.SettleAsync(cancellationToken).ConfigureAwait(false);
        Finished(request, result);
        return result;
    }

    /// <summary>Journals how a stage went that was executed, or found, elsewhere.</summary>
    /// <param name="request">The stage.</param>
    /// <param name="result">Its result.</param>
    public void Finished(StageRequest request, StageResult result) => Publish(result.Event(time.GetUtcNow(), request.Stage.Name, request.Stage.Descriptor.Type));

    /// <summary>Ends the run: writes its summary and tells the observers.</summary>
    /// <param name="status">How it ended.</param>
    /// <param name="stages">What came of its stages.</param>
    public void Finish(RunStatus status, IReadOnlyList<RunSummary.Stage> stages)
    {
        var metrics = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (runEvent, _) in RunJournal.Read(RunJournal.PathOf(home, RunId)))
            if (runEvent is StageFinished { Outcome: StageOutcome.Executed or StageOutcome.UpToDate } finished)
                foreach (var (key, value) in finished.Metrics)
                    metrics[key] = value;
        new RunSummary(RunId, status.Name(), stages, metrics).Save(home);
        Publish(new RunFinished(time.GetUtcNow(), RunId, status));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        publisher.Dispose();
        journal.Dispose();
        held?.Dispose();
    }
}
