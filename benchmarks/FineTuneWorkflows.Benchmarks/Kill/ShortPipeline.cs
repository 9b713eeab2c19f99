using System.Text.Json.Nodes;
using FineTuneWorkflows.Benchmarks.Harness;

namespace FineTuneWorkflows.Benchmarks.Kill;

/// <summary>A copy of the shipped definition that takes seconds instead of minutes: a third of the sentences, two epochs on the CPU, a checkpoint every few steps, so that most kills come after one.</summary>
internal static class ShortPipeline
{
    private const int Epochs = 2;
    private const int CheckpointEverySteps = 5;
    private const int KeepOneSentenceIn = 3;

    /// <returns>The copy's file.</returns>
    public static string Write(string folder)
    {
        var definition = JsonNode.Parse(File.ReadAllText(Repository.Workflow))!.AsObject();
        var sentences = Path.Combine(folder, "sentences.jsonl");
        File.WriteAllLines(sentences, File.ReadLines(Repository.Sentences).Where((_, i) => i % KeepOneSentenceIn == 0));
        foreach (var variable in definition["variables"]!.AsArray().Select(v => v!.AsObject()))
            variable["value"] = variable["name"]!.GetValue<string>() switch
            {
                "Epochs" => $"{Epochs}",
                "Data" => sentences,
                _ => variable["value"]?.DeepClone(),
            };
        foreach (var activity in definition["root"]!["activities"]!.AsArray())
            if (activity!["type"]!.GetValue<string>() == "FineTune.FineTune")
            {
                activity["checkpointEverySteps"] = Literal("Int32", CheckpointEverySteps);
                activity["device"] = Literal("String", "cpu");
                // Several threads would wait for each other on a machine that has other work, too.
                activity["threads"] = Literal("Int32", 1);
            }

        AnchorPaths(definition, Path.GetDirectoryName(Repository.Workflow)!);
        var path = Path.Combine(folder, "short.json");
        File.WriteAllText(path, definition.ToJsonString());
        return path;
    }

    private static JsonObject Literal(string type, JsonNode value) =>
        new() { ["typeName"] = type, ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = value } };

    // The copy lies elsewhere: what it names relative to its place must be named in full.
    private static void AnchorPaths(JsonNode? node, string folder)
    {
        if (node is JsonObject some)
            foreach (var (name, child) in some.ToList())
                if (child is JsonValue value && value.TryGetValue<string>(out var text) && text.StartsWith("../", StringComparison.Ordinal))
                    some[name] = Path.GetFullPath(text, folder);
                else
                    AnchorPaths(child, folder);
        else if (node is JsonArray many)
            foreach (var child in many)
                AnchorPaths(child, folder);
    }
}
