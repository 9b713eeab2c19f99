using System.Text.Json.Nodes;

namespace FineTuneWorkflows.Cli.Tests.Fixture;

/// <summary>Workflow definitions for tests.</summary>
internal static class Definitions
{
    /// <summary>All six stages; properties <c>Data</c>, <c>Epochs</c>, <c>MaxLength</c>.</summary>
    public static string Six { get; } = Flowchart(
        [
            ("fetch", "FineTune.Fetch", """{"path":{"expression":{"type":"Variable","value":{"id":"v1","name":"Data"}}}}"""),
            ("augment", "FineTune.Augment", "{}"),
            ("tokenize", "FineTune.Tokenize", """{"maxLength":{"expression":{"type":"Variable","value":{"id":"v3","name":"MaxLength"}}}}"""),
            ("train", "FineTune.Train", """{"epochs":{"expression":{"type":"Variable","value":{"id":"v2","name":"Epochs"}}}}"""),
            ("evaluate", "FineTune.Evaluate", "{}"),
            ("register", "FineTune.Register", "{}"),
        ]);

    /// <summary>Stages one after the other.</summary>
    public static string Flowchart(params (string Name, string Type, string Settings)[] stages)
    {
        var activities = new JsonArray();
        var connections = new JsonArray();
        for (var i = 0; i < stages.Length; i++)
        {
            var activity = JsonNode.Parse(stages[i].Settings)!.AsObject();
            activity["id"] = stages[i].Name;
            activity["name"] = stages[i].Name;
            activity["type"] = stages[i].Type;
            activities.Add(activity);
            if (i > 0)
                connections.Add(JsonNode.Parse($$$"""{"source":{"activity":"{{{stages[i - 1].Name}}}","port":"Done"},"target":{"activity":"{{{stages[i].Name}}}","port":"In"}}"""));
        }

        return new JsonObject
        {
            ["definitionId"] = "test", ["name"] = "Test pipeline",
            ["variables"] = JsonNode.Parse(
                """
                [{"id":"v1","name":"Data","typeName":"String","value":"data.txt"},{"id":"v2","name":"Epochs","typeName":"Int32","value":"3"},
                 {"id":"v3","name":"MaxLength","typeName":"Int32","value":"64"}]
                """),
            ["root"] = new JsonObject { ["type"] = "Elsa.Flowchart", ["id"] = "root", ["activities"] = activities, ["connections"] = connections },
        }.ToJsonString();
    }
}
