using System.Globalization;
using System.Text;
using FineTuneWorkflows.Pipelines.Graphs;

namespace FineTuneWorkflows.Cli.Commands.Graph;

/// <summary>A pipeline in Mermaid's flowchart language: a node per stage, an arrow with the artifacts' names from their maker to each reader, a dotted one where there is only an order.</summary>
internal static class MermaidGraph
{
    public static string Of(Pipeline pipeline)
    {
        var ids = pipeline.Stages.Select((stage, i) => (stage.Name, Id: string.Create(CultureInfo.InvariantCulture, $"s{i + 1}"))).ToDictionary(s => s.Name, s => s.Id, StringComparer.Ordinal);
        var text = new StringBuilder("flowchart LR\n");
        foreach (var stage in pipeline.Stages)
            text.Append(CultureInfo.InvariantCulture, $"  {ids[stage.Name]}[\"{Escaped(stage.Name)}{(stage.Name == stage.Descriptor.Name ? "" : $"<br/>{Escaped(stage.Descriptor.Type)}")}\"]\n");
        foreach (var stage in pipeline.Stages)
        {
            var makers = stage.Producers.GroupBy(p => p.Value, p => p.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Order(StringComparer.Ordinal), StringComparer.Ordinal);
            foreach (var before in pipeline.Stages.TakeWhile(s => s != stage).Select(s => s.Name))
            {
                if (makers.TryGetValue(before, out var artifacts))
                    text.Append(CultureInfo.InvariantCulture, $"  {ids[before]} -->|\"{Escaped(string.Join(", ", artifacts))}\"| {ids[stage.Name]}\n");
                else if (stage.Predecessors.Contains(before))
                    text.Append(CultureInfo.InvariantCulture, $"  {ids[before]} -.-> {ids[stage.Name]}\n");
            }
        }

        return text.ToString();
    }

    // Mermaid's own entity codes; names come from files and may hold anything.
    private static string Escaped(string text) => text
        .Replace("#", "#35;", StringComparison.Ordinal)
        .Replace("\"", "#quot;", StringComparison.Ordinal)
        .Replace("<", "#lt;", StringComparison.Ordinal)
        .Replace(">", "#gt;", StringComparison.Ordinal)
        .ReplaceLineEndings(" ");
}
