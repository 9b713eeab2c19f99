using System.Text.Json;
using System.Text.Json.Nodes;

namespace FineTuneWorkflows.Server.Tests.Support;

/// <summary>Definitions as tests write them.</summary>
internal static class TestDefinitions
{
    private const string Driver = "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core";

    /// <summary>Make, Work, Count in a line. A setting is a literal, <c>$Variable</c>, <c>@Input</c> or <c>js:expression</c>.</summary>
    public static JsonObject Chain(string id, object? make = null, object? work = null, params (string Name, string Type, object Default)[] variables) => Flowchart(
        id, [("Make", "Test.Make", make ?? new { }), ("Work", "Test.Work", work ?? new { }), ("Count", "Test.Count", new { })], ["Make>Work", "Work>Count"], variables);

    public static JsonObject Flowchart(string id, (string Name, string Type, object Settings)[] activities, string[] edges, params (string Name, string Type, object Default)[] variables) =>
        (JsonObject)JsonSerializer.SerializeToNode(new Dictionary<string, object?>
        {
            ["definitionId"] = id,
            ["name"] = id,
            ["version"] = 1,
            ["isLatest"] = true,
            ["isPublished"] = true,
            ["variables"] = variables.Select(v => new { id = "v-" + v.Name, name = v.Name, typeName = v.Type, isArray = false, value = Convert.ToString(v.Default, System.Globalization.CultureInfo.InvariantCulture), storageDriverTypeName = Driver }),
            ["inputs"] = Array.Empty<object>(),
            ["outputs"] = Array.Empty<object>(),
            ["options"] = new { },
            ["root"] = new
            {
                type = "Elsa.Flowchart",
                id = id + "-root",
                version = 1,
                activities = activities.Select((a, i) => Activity(a.Name, a.Type, a.Settings, i)),
                connections = edges.Select(e => new { source = new { activity = e.Split('>')[0], port = "Done" }, target = new { activity = e.Split('>')[1], port = "In" } }),
            },
        })!;

    private static Dictionary<string, object?> Activity(string name, string type, object settings, int index)
    {
        var activity = new Dictionary<string, object?>
        {
            ["id"] = name, ["name"] = name, ["type"] = type, ["version"] = 1, ["metadata"] = new { designer = new { position = new { x = 250 * index, y = 50 } } },
        };
        foreach (var property in settings.GetType().GetProperties())
        {
            if (property.Name == "customProperties")
            {
                activity[property.Name] = property.GetValue(settings);
                continue;
            }

            var value = property.GetValue(settings);
            activity[property.Name] = new
            {
                typeName = value switch { int => "Int32", double => "Double", bool => "Boolean", _ => "String" },
                expression = value switch
                {
                    string text when text.StartsWith('$') && !text.StartsWith("${", StringComparison.Ordinal) => new { type = "Variable", value = (object?)new { id = "v-" + text[1..], name = text[1..], typeName = "String" } },
                    string text when text.StartsWith('@') => new { type = "Input", value = (object?)new { name = text[1..], type = "String" } },
                    string text when text.StartsWith("js:", StringComparison.Ordinal) => new { type = "JavaScript", value = (object?)text[3..] },
                    string text when text.StartsWith("mistyped:", StringComparison.Ordinal) => new { type = "Literla", value = (object?)text[9..] },
                    string[] list => new { type = "Object", value = (object?)JsonSerializer.Serialize(list) },
                    _ => new { type = "Literal", value },
                },
            };
        }

        return activity;
    }
}
