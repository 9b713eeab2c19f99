using FineTuneWorkflows.Pipelines.Contract.Events;

namespace FineTuneWorkflows.Pipelines.Journals;

/// <summary>
/// Is told what happens in a run. Called from the threads of the stages, one call at a time, in order. Must be quick and must not throw: an observer that throws is told no more, and the run goes on.
/// </summary>
public interface IRunObserver
{
    /// <summary>Something happened.</summary>
    void OnEvent(RunEvent runEvent);
}
