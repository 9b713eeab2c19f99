using System.Text.Json;
using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Definitions;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Graphs;

namespace FineTuneWorkflows.Benchmarks.ManyStages;

/// <summary>A generated definition: <see cref="StampStage"/>s in a chain, each taking the artifact of the one before.</summary>
internal static class StampPipeline
{
    /// <summary>Writes the definition.</summary>
    /// <param name="path">The file.</param>
    /// <param name="stages">How many stages.</param>
    public static void Write(string path, int stages) => File.WriteAllText(path, JsonSerializer.Serialize(new Dictionary<string, object?>
    {
        ["definitionId"] = $"stamps-{stages}",
        ["name"] = "Stamps",
        ["variables"] = new[] { new { id = "v-Seed", name = "Seed", typeName = "Int32", isArray = false, value = "0" } },
        ["root"] = new
        {
            type = "Elsa.Flowchart",
            id = "root",
            activities = Enumerable.Range(0, stages).Select(i => new
            {
                id = $"Stamp{i}",
                type = "Benchmark.Stamp",
                version = 1,
                number = new { typeName = "Int32", expression = new { type = "Literal", value = i } },
                seed = new { typeName = "Int32", expression = new { type = "Variable", value = new { id = "v-Seed", name = "Seed", typeName = "Int32" } } },
            }),
            connections = Enumerable.Range(1, stages - 1).Select(i => new { source = new { activity = $"Stamp{i - 1}", port = "Done" }, target = new { activity = $"Stamp{i}", port = "In" } }),
        },
    }));

    /// <summary>Reads and checks the definition.</summary>
    public static Pipeline Build(string path, int seed)
    {
        var definition = DefinitionReader.ReadFile(path);
        return PipelineBuilder.Build(definition, new StageCatalog(typeof(StampStage)), PropertyValues.Bind(definition, [new("Seed", seed)], definition.Folder));
    }

    /// <summary>Runs it and makes sure that all stages ended as they should.</summary>
    public static async Task RunAsync(Engine engine, Pipeline pipeline, StageOutcome expected)
    {
        var result = await engine.Runner.RunAsync(pipeline, new(), [], CancellationToken.None);
        foreach (var (stage, of) in result.Stages)
            if (of.Outcome != expected)
                throw new BenchmarkException($"stage {stage.Name} was {of.Outcome} instead of {expected}: {of.Reason}");
    }
}
