using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Graphs;

namespace FineTuneWorkflows.Stages.Experiments;

/// <summary>Runs the parts of an experiment, one after the other, and is told how it goes on.</summary>
public interface IExperimentHost
{
    /// <summary>Is told what comes next, such as <c>Trial 2 of 4: Epochs=2</c>.</summary>
    void Begins(string part);

    /// <summary>Runs a part. A failure and a cancellation are results, not exceptions.</summary>
    /// <param name="pipeline">What to run.</param>
    /// <param name="name">What its run is called.</param>
    /// <param name="parentRunId">The experiment's own run, which it is a part of.</param>
    Task<RunResult> RunAsync(Pipeline pipeline, string name, string parentRunId);

    /// <summary>Is told of a sweep's candidates, the best first, before the whole pipeline is run with the best one's values.</summary>
    void Ranked(IReadOnlyList<Candidate> ranking);
}
