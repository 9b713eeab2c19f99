using FineTuneWorkflows.Pipelines.Graphs;

namespace FineTuneWorkflows.Pipelines.Execution;

/// <summary>A stage of a run and what came of it.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Result">What came of it.</param>
public sealed record FinishedStage(PipelineStage Stage, StageResult Result);
