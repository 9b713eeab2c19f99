using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Definitions;

namespace FineTuneWorkflows.Pipelines.Graphs;

/// <summary>Finds names of metrics that no stage measures, before anything runs.</summary>
public static class MetricCheck
{
    /// <summary>What is wrong with a metric that a user chooses by; null where a stage may measure it, or one does not say what it measures.</summary>
    /// <param name="metric">Its name.</param>
    /// <param name="stages">The stages that are run.</param>
    public static string? Problem(string metric, IEnumerable<PipelineStage> stages)
    {
        var all = new HashSet<string>(StringComparer.Ordinal);
        foreach (var stage in stages.Where(s => s.Stage.Condition))
            if (stage.Stage.Measures is { } own)
                all.UnionWith(own);
            else
                return null;
        return all.Contains(metric) ? null : Missing(metric, all);
    }

    /// <summary>Checks what each stage looks up.</summary>
    internal static IEnumerable<DefinitionProblem> Problems(string file, IReadOnlyList<PipelineStage> stages)
    {
        foreach (var stage in stages.Where(s => s.Stage.Condition))
            foreach (var needed in stage.Stage.NeededMetrics())
            {
                if (!stage.Producers.TryGetValue(needed.Artifact, out var maker))
                    yield return new(file, $"names the metric {needed.Metric}, but no stage above it makes the `{needed.Artifact}` that would hold it", stage.Name, needed.Parameter);
                else if (stages.First(s => s.Name == maker).Stage.Measures is { } measured && !measured.Contains(needed.Metric))
                    yield return new(file, $"{maker} {Missing(needed.Metric, measured)}", stage.Name, needed.Parameter);
            }
    }

    private static string Missing(string metric, IReadOnlyCollection<string> measured) =>
        measured.Count == 0 ? $"measures nothing, so there is no metric {metric}"
        : $"measures no metric {metric}{NameSuggestion.For(metric, measured)} (there are {string.Join(", ", measured.Order(StringComparer.Ordinal).Take(40))}{(measured.Count > 40 ? $" and {measured.Count - 40} more" : "")})";
}
