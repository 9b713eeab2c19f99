using FineTuneWorkflows.Pipelines.Contract.Events;

namespace FineTuneWorkflows.Pipelines.Journals;

/// <summary>
/// Tells the journal, then the observers, one event at a time. A journal that cannot be written fails the run; an observer that throws is told no more. Dispose it before the journal: what a
/// reporter says afterwards is dropped.
/// </summary>
internal sealed class EventPublisher : IDisposable
{
    private readonly Lock gate = new();
    private readonly IRunObserver journal;
    private readonly List<IRunObserver> listening;
    private bool closed;

    public EventPublisher(string runId, IRunObserver journal, IReadOnlyList<IRunObserver> observers)
    {
        this.journal = journal;
        listening = [.. observers];
        foreach (var observer in observers)
            if (observer is IRunReporter reporter)
                reporter.Attach(runId, Report);
    }

    public void Dispose()
    {
        lock (gate)
            closed = true;
    }

    public void Publish(RunEvent runEvent)
    {
        lock (gate)
        {
            if (runEvent is RunStarted started)
                runEvent = listening.OfType<IRunReporter>().Aggregate(started, (introduced, reporter) => reporter.Introduce(introduced));
            journal.OnEvent(runEvent);
            closed |= runEvent is RunFinished;
            for (var i = listening.Count - 1; i >= 0; i--)
            {
                try
                {
                    listening[i].OnEvent(runEvent);
                }
                catch (Exception e)
                {
                    var broken = listening[i];
                    listening.RemoveAt(i);
                    journal.OnEvent(new ObserverFailed(runEvent.Time, broken.GetType().Name, e.ToString()));
                }
            }
        }
    }

    /// <summary>Waits until reporters have said what there is to say of the run once; a user who wants to stop need not wait.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        IRunReporter[] reporters;
        lock (gate)
            reporters = [.. listening.OfType<IRunReporter>()];
        foreach (var reporter in reporters)
            await reporter.SettleAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Report(RunEvent runEvent)
    {
        lock (gate)
            if (!closed)
                Publish(runEvent);
    }
}
