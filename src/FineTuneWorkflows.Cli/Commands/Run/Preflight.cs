using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Stages.Estimates;

namespace FineTuneWorkflows.Cli.Commands.Run;

/// <summary>What a run asks before it executes its first stage.</summary>
internal static class Preflight
{
    /// <summary>Refuses a pipeline whose trainings would fail in any case. A run with nothing to do never asks.</summary>
    public static Func<CancellationToken, Task> Of(Pipeline pipeline) => cancellationToken => Task.Run(() => PipelinePreflight.Of(pipeline).Refuse(), cancellationToken);
}
