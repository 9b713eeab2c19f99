using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Pipelines.Graphs;

/// <summary>A stage in a pipeline: its place in the graph, and its parameters bound.</summary>
/// <param name="Node">Its place in the graph.</param>
/// <param name="Stage">The stage with its parameters bound.</param>
/// <param name="Folders">For each parameter that was set, what a relative path in it counts from.</param>
public sealed record PipelineStage(StageNode Node, Stage Stage, IReadOnlyDictionary<string, string> Folders)
    : ConfiguredStage(Node.Name, Node.Descriptor, Stage, Folders)
{
    private static readonly HashSet<string> None = [];

    /// <summary>The names of the stages directly before it.</summary>
    public IReadOnlyList<string> Predecessors => Node.Predecessors;

    /// <summary>For each artifact it consumes, the name of the stage that makes it. An optional artifact that nobody makes is absent.</summary>
    public IReadOnlyDictionary<string, string> Producers => Node.Producers;

    /// <summary>The parameters whose values the user gave, by a property or by the parameter's own name, rather than the definition. Default: none.</summary>
    public IReadOnlySet<string> Given { get; init; } = None;

    /// <summary>Those of them that were given by their own name, such as <c>Fetch.TextColumn</c>. Default: none.</summary>
    public IReadOnlySet<string> GivenByName { get; init; } = None;
}
