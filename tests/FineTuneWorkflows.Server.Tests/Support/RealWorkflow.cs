using System.Text.Json.Nodes;

namespace FineTuneWorkflows.Server.Tests.Support;

/// <summary>The shipped sentiment workflow with the real stages, over a few rows of the shipped data.</summary>
internal static class RealWorkflow
{
    /// <summary>Writes it to a folder's workflows.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="rows">How many sentences.</param>
    /// <param name="file">The shipped definition.</param>
    /// <param name="change">Changes the definition before it is written.</param>
    public static void Write(TestFolder folder, int rows, string file = "sentiment.json", Action<JsonNode>? change = null)
    {
        // The definition's other paths count from the workflows folder, beside which the data lies as in the repository.
        if (!Directory.Exists(Path.Combine(folder.Path, "data")))
            Directory.CreateSymbolicLink(Path.Combine(folder.Path, "data"), Repository.File("data"));
        var data = folder.Write("small.jsonl", string.Join('\n', File.ReadLines(Repository.File("data/sentiment/sentences.jsonl")).Take(rows)) + "\n");
        var definition = JsonNode.Parse(File.ReadAllText(Repository.File($"workflows/{file}")))!;
        SetVariable(definition, "Data", data);
        SetVariable(definition, "Epochs", "1");
        change?.Invoke(definition);
        folder.Write($"workflows/{file}", definition.ToJsonString());
    }

    /// <summary>Gives a variable another default.</summary>
    public static void SetVariable(JsonNode definition, string name, string value) =>
        definition["variables"]!.AsArray().Single(v => v!["name"]!.GetValue<string>() == name)!["value"] = value;

    /// <summary>Sets a stage's parameter to a literal.</summary>
    public static void SetLiteral(JsonNode definition, string stage, string parameter, string typeName, JsonNode value) =>
        definition["root"]!["activities"]!.AsArray().Single(a => a!["id"]!.GetValue<string>() == stage)![parameter] =
            new JsonObject { ["typeName"] = typeName, ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = value } };
}
