using System.Text;
using System.Text.Json;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Cli.Commands.Runs;

/// <summary>Runs as JSON. Times are in UTC, durations in seconds; a metric that is no number is the text <c>NaN</c>, <c>Infinity</c> or <c>-Infinity</c>.</summary>
internal static class RunsJson
{
    /// <summary>A list of runs, newest first.</summary>
    public static string List(IReadOnlyList<RunOverview> runs) => Write(json =>
    {
        json.WriteStartArray();
        foreach (var run in runs)
        {
            json.WriteStartObject();
            json.WriteString("runId", run.RunId);
            json.WriteString("name", run.Name);
            json.WriteString("state", RunWords.State(run.State).Text);
            if (run.Started is { } started)
            {
                json.WriteString("started", started.UtcDateTime);
                json.WriteNumber("seconds", Math.Round(run.Duration.TotalSeconds, 3));
            }

            if (run.Summary is { } summary)
            {
                json.WriteNumber("executed", summary.Stages.Count(s => s.Outcome == "executed"));
                json.WriteNumber("stages", summary.Stages.Count);
                Numbers(json, "metrics", summary.Metrics);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>All that is known of a run, but the course of its metrics.</summary>
    public static string Details(RunDetails run) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("runId", run.RunId);
        json.WriteString("pipeline", run.Pipeline);
        json.WriteString("name", run.Name);
        Optional(json, "definition", run.Definition);
        Optional(json, "parent", run.Parent);
        json.WriteString("engine", run.Engine);
        json.WriteString("state", RunWords.State(run.State).Text);
        json.WriteString("started", run.Started.UtcDateTime);
        json.WriteNumber("seconds", Math.Round(run.Duration.TotalSeconds, 3));
        json.WriteNumber("attempts", run.Attempts);
        Texts(json, "properties", run.Properties);
        Texts(json, "tags", run.Tags);
        json.WriteStartArray("stages");
        foreach (var stage in run.Stages)
        {
            json.WriteStartObject();
            json.WriteString("id", stage.Id);
            json.WriteString("type", stage.Type);
            Optional(json, "outcome", stage.Outcome?.Name());
            json.WriteString("reason", stage.Reason);
            json.WriteNumber("seconds", stage.Seconds);
            Optional(json, "madeByRun", stage.MadeByRun);
            Texts(json, "parameters", stage.Parameters);
            Texts(json, "artifacts", stage.Artifacts);
            Texts(json, "tags", stage.Tags);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Numbers(json, "metrics", run.Metrics());
        List(json, "notes", run.Notes);
        json.WriteEndObject();
    });

    /// <summary>Two runs: the parameters that differ, and all metrics of both.</summary>
    public static string Comparison(RunDetails a, RunDetails b, IReadOnlyList<(string Name, string? A, string? B)> parameters) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("a", a.RunId);
        json.WriteString("b", b.RunId);
        json.WriteStartArray("parameters");
        foreach (var (name, before, after) in parameters)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            Optional(json, "a", before);
            Optional(json, "b", after);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("metrics");
        Numbers(json, "a", a.Metrics());
        Numbers(json, "b", b.Metrics());
        json.WriteEndObject();
        json.WriteEndObject();
    });

    private static string Write(Action<Utf8JsonWriter> content)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
            content(json);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Optional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }

    private static void Texts(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> texts)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in texts)
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void List(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static void Numbers(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, double>> numbers)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in numbers)
            if (double.IsFinite(value))
                json.WriteNumber(key, value);
            else
                json.WriteString(key, double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
        json.WriteEndObject();
    }
}
