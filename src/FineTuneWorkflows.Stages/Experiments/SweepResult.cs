using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Execution;

namespace FineTuneWorkflows.Stages.Experiments;

/// <summary>What came of a sweep.</summary>
/// <param name="Status">How it ended; it failed where a trial did, or none has the metric to choose by.</param>
/// <param name="Ranking">The candidates that have a score, the best first.</param>
/// <param name="Whole">The run of the whole pipeline with the best one's values; null where there was none.</param>
public sealed record SweepResult(RunStatus Status, IReadOnlyList<Candidate> Ranking, RunResult? Whole);
