using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Pipelines.Graphs;

/// <summary>A stage's place in the graph: what comes before it, and who makes what it consumes. Known without its parameters' values.</summary>
/// <param name="Id">The activity's id in the definition.</param>
/// <param name="Name">Its name in the definition.</param>
/// <param name="Descriptor">What is known of its type.</param>
/// <param name="Predecessors">The names of the stages directly before it.</param>
/// <param name="Producers">For each artifact it consumes, the name of the stage that makes it. An optional artifact that nobody makes is absent.</param>
public sealed record StageNode(
    string Id,
    string Name,
    StageDescriptor Descriptor,
    IReadOnlyList<string> Predecessors,
    IReadOnlyDictionary<string, string> Producers
);
