namespace FineTuneWorkflows.Pipelines.Journals;

/// <summary>
/// Tells the journal, then the observers, one event at a time. A journal that cannot be written fails the run; an observer that throws is told no more.
/// </summary>
internal sealed class EventPublisher(IReadOnlyList<IRunObserver> journals, IReadOnlyList<IRunObserver> observers)
{
    private readonly Lock gate = new();
    private readonly List<IRunObserver> listening = [.. observers];

    public void Publish(RunEvent runEvent)
    {
        lock (gate)
        {
            foreach (var journal in journals)
                journal.OnEvent(runEvent);
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
                    foreach (var journal in journals)
                        journal.OnEvent(new ObserverFailed(runEvent.Time, broken.GetType().Name, e.ToString()));
                }
            }
        }
    }
}
