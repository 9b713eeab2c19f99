using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Definitions;

namespace FineTuneWorkflows.Pipelines.Graphs;

/// <summary>
/// Finds out which stage makes the artifacts that each stage consumes: by name, among all that stages upstream produce. Stages are added in topological order.
/// </summary>
internal sealed class ArtifactWiring(string file, List<DefinitionProblem> problems)
{
    // What a stage below sees: for each artifact name the stages whose version reaches it. More than one is ambiguous.
    private readonly Dictionary<string, Dictionary<string, HashSet<string>>> visibleBelow = new(StringComparer.Ordinal);

    // For each (stage, artifact) that transforms it, the versions that its own replaces.
    private readonly Dictionary<(string Stage, string Artifact), HashSet<string>> replaced = [];

    /// <returns>The producer of each consumed artifact.</returns>
    public Dictionary<string, string> Add(string stage, StageDescriptor descriptor, IReadOnlyList<string> predecessors)
    {
        var visible = Merge(predecessors);
        var producers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var consumed in descriptor.Consumes)
        {
            var makers = visible.GetValueOrDefault(consumed.Artifact) ?? [];
            if (makers.Count == 1)
                producers[consumed.Artifact] = makers.Single();
            else if (makers.Count > 1)
                Problem(stage, $"gets `{consumed.Artifact}` from more than one stage: {string.Join(" and ", makers.Order(StringComparer.Ordinal))}");
            else if (!consumed.Optional)
                Problem(stage, $"needs `{consumed.Artifact}`, which no stage above it makes");
        }

        foreach (var artifact in descriptor.Produces)
        {
            var before = visible.GetValueOrDefault(artifact) ?? [];
            if (before.Count > 0 && !descriptor.Transforms(artifact))
                Problem(stage, $"makes `{artifact}`, which {string.Join(" and ", before.Order(StringComparer.Ordinal))} above it makes already");
            replaced[(stage, artifact)] = [.. before, .. before.SelectMany(maker => replaced[(maker, artifact)])];
            visible[artifact] = [stage];
        }

        visibleBelow[stage] = visible;
        return producers;
    }

    private Dictionary<string, HashSet<string>> Merge(IReadOnlyList<string> predecessors)
    {
        var visible = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var predecessor in predecessors)
        foreach (var (artifact, makers) in visibleBelow[predecessor])
        {
            if (!visible.TryGetValue(artifact, out var all))
                visible[artifact] = all = new(StringComparer.Ordinal);
            all.UnionWith(makers);
        }

        // Of a version and one made from it, the later one counts.
        foreach (var (artifact, makers) in visible)
            makers.ExceptWith(makers.SelectMany(maker => replaced[(maker, artifact)]).ToList());
        return visible;
    }

    private void Problem(string stage, string message) => problems.Add(new(file, message, stage));
}
