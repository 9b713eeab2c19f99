using System.Text;
using System.Text.Json;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Definitions;
using FineTuneWorkflows.Pipelines.Graphs;

namespace FineTuneWorkflows.Pipelines.Tests.Support;

/// <summary>Definitions as tests write them: stages in a line, parameters as literals or <c>$Property</c>.</summary>
internal static class TestPipelines
{
    public static StageCatalog Catalog { get; } =
        new(
            typeof(ReadStage),
            typeof(ShoutStage),
            typeof(CountStage),
            typeof(ReportStage),
            typeof(DownloadStage),
            typeof(DownloadMoreStage),
            typeof(ExtraStage),
            typeof(TellStage)
        );

    /// <summary>A flowchart; each activity is (name, type, settings), each edge "A>B".</summary>
    public static string Json((string Name, string Type, object Settings)[] activities, string[] edges, params (string Name, string Type, object? Default)[] variables) =>
        JsonSerializer.Serialize(new Dictionary<string, object?>
        {
            ["definitionId"] = "test",
            ["name"] = "Test",
            ["variables"] = variables.Select(v => new { id = "v" + v.Name, name = v.Name, typeName = v.Type, isArray = false, value = v.Default }),
            ["root"] = new
            {
                type = "Elsa.Flowchart",
                id = "root",
                activities = activities.Select(a => Activity(a.Name, a.Type, a.Settings)),
                connections = edges.Select(e => new { source = new { activity = e.Split('>')[0], port = "Done" }, target = new { activity = e.Split('>')[1], port = "In" } }),
            },
        });

    public static string Chain(string source, object? shout = null, object? count = null, params (string Name, string Type, object? Default)[] variables) => Json(
        [("Read", "Test.Read", new { source }), ("Shout", "Test.Shout", shout ?? new { }), ("Count", "Test.Count", count ?? new { }), ("Report", "Test.Report", new { })],
        ["Read>Shout", "Shout>Count", "Count>Report"],
        variables);

    public static WorkflowDefinition Read(string json, string folder = "/") => DefinitionReader.Read(Encoding.UTF8.GetBytes(json), "test.json", folder);

    public static Pipeline Build(string json, string folder = "/", params (string Name, object? Value)[] given)
    {
        var definition = Read(json, folder);
        return PipelineBuilder.Build(definition, Catalog, PropertyValues.Bind(definition, given.Select(g => KeyValuePair.Create(g.Name, g.Value)), folder));
    }

    public static string ProblemsOf(Action build) => Assert.Throws<DefinitionException>(build).Message;

    private static Dictionary<string, object?> Activity(string name, string type, object settings)
    {
        var activity = new Dictionary<string, object?> { ["id"] = name, ["type"] = type, ["version"] = 1 };
        foreach (var property in settings.GetType().GetProperties())
        {
            var value = property.GetValue(settings);
            activity[property.Name] = new
            {
                typeName = "String",
                expression = value is string text && text.StartsWith('$') && !text.StartsWith("${", StringComparison.Ordinal)
                    ? new { type = "Variable", value = (object?)new { id = "v" + text[1..], name = text[1..], typeName = "String" } }
                    : value is string js && js.StartsWith("js:", StringComparison.Ordinal) ? new { type = "JavaScript", value = (object?)js[3..] }
                    : value is string mistyped && mistyped.StartsWith("mistyped:", StringComparison.Ordinal) ? new { type = "Literla", value = (object?)mistyped[9..] }
                    : new { type = "Literal", value },
            };
        }

        return activity;
    }
}
