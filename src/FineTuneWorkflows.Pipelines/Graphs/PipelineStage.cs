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
    IReadOnlyDictionary<string, string> Folders) : ConfiguredStage(Name, Descriptor, Stage, Folders)
{
    private static readonly HashSet<string> None = [];

    /// <summary>The parameters whose values the user gave, by a property or by the parameter's own name, rather than the definition. Default: none.</summary>
    public IReadOnlySet<string> Given { get; init; } = None;

    /// <summary>Those of them that were given by their own name, such as <c>Fetch.TextColumn</c>. Default: none.</summary>
    public IReadOnlySet<string> GivenByName { get; init; } = None;

    /// <summary>Its place in the graph.</summary>
    public WiredStage Wiring => new(Name, Name, Descriptor, Predecessors, Producers);
}
