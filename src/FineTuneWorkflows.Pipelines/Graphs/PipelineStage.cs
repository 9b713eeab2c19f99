using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Pipelines.Graphs;

/// <summary>A stage in a pipeline.</summary>
/// <param name="Name">Its name in the definition.</param>
/// <param name="Descriptor">What is known of its type.</param>
/// <param name="Stage">The stage with its parameters bound.</param>
/// <param name="Predecessors">The names of the stages directly before it.</param>
/// <param name="Producers">For each artifact it consumes, the name of the stage that makes it. An optional artifact that nobody makes is absent.</param>
/// <param name="Folders">For each parameter that was set, what a relative path in it counts from.</param>
public sealed record PipelineStage(
    string Name,
    StageDescriptor Descriptor,
    Stage Stage,
    IReadOnlyList<string> Predecessors,
    IReadOnlyDictionary<string, string> Producers,
    IReadOnlyDictionary<string, string> Folders)
{
    /// <summary>Its place in the graph.</summary>
    public WiredStage Wiring => new(Name, Name, Descriptor, Predecessors, Producers);
}
