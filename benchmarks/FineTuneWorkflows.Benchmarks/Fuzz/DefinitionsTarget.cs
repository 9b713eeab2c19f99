using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Pipelines.Definitions;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Stages;

namespace FineTuneWorkflows.Benchmarks.Fuzz;

/// <summary>Workflow definitions: reading, properties, and the pipeline that is built of them.</summary>
internal sealed class DefinitionsTarget : IFuzzTarget
{
    public string Name => "definitions";

    public IReadOnlyList<FuzzInput> Corpus { get; } =
        [.. Directory.GetFiles(Path.Combine(Repository.Root, "workflows"), "*.json").Order(StringComparer.Ordinal).Select(path => new FuzzInput("definition.json", File.ReadAllBytes(path)))];

    public IReadOnlyList<string> Pieces { get; } =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\"root\":", "\"type\":\"Elsa.Flowchart\"", "\"type\":\"Elsa.Sequence\"", "\"type\":\"FineTune.Tokenize\"", "\"activities\":[", "\"connections\":[", "\"source\":{\"activity\":\"Fetch\",\"port\":\"Done\"}", "\"target\":", "\"variables\":[", "\"inputs\":[", "\"id\":\"Fetch\"", "\"typeName\":\"Int32\"",
        "\"expression\":{\"type\":\"Literal\",\"value\":", "\"type\":\"Variable\"", "\"type\":\"Input\"", "\"type\":\"JavaScript\"", "\"type\":\"Object\"", "\"value\":", "null", "-1", "1e400", "\"\\ud800\"", "\"${env:HOME}\"", "\"customProperties\":{\"canStartWorkflow\":true}", "\"model\":", "\"defaultValue\":", "\"isArray\":true",
    ];

    public bool IsDocumented(Exception e) => e is DefinitionException;

    public void Run(FuzzInput input, string folder, int variant)
    {
        var definition = DefinitionReader.Read(input.Bytes, input.Name, folder);
        KeyValuePair<string, object?>[] given = variant % 3 == 0 ? [] : [new("Epochs", "3"), new("LearningRate", variant % 2 == 0 ? "1e-3" : "NaN")];
        var names = definition.Properties.Select(p => p.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var values = PropertyValues.Bind(definition, given.Where(g => names.Contains(g.Key)), folder);
        _ = PipelineBuilder.Wire(definition, FineTuneStages.Catalog);
        _ = PipelineBuilder.Build(definition, FineTuneStages.Catalog, values);
    }
}
