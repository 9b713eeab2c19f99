using System.Text.Json.Nodes;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Tracking.Events;

namespace FineTuneWorkflows.Stages.Tracking;

/// <summary>Says in MLflow's words what data set a run used: with a source that its <c>get_source().load()</c> reads where it can be read, columns and rows.</summary>
internal static class DatasetEvents
{
    public static DatasetUsed Of(string runId, UsedDataset used) => new(
        runId, used.Name, used.Digest, used.Location ?? used.Source, used.Context,
        used.Location is { } location && location.Contains("://", StringComparison.Ordinal) ? "http" : "local",
        used.Rows is { } rows ? new JsonObject { ["num_rows"] = rows }.ToJsonString() : null,
        used.Columns is { Count: > 0 } columns ? new JsonObject { ["mlflow_colspec"] = new JsonArray([.. columns.Select(c => Column(c.Key, c.Value))]) }.ToJsonString() : null);

    private static JsonObject Column(string name, string type) => type switch
    {
        "string" or "double" or "boolean" => new() { ["name"] = name, ["type"] = type, ["required"] = true },
        _ => new() { ["name"] = name, ["type"] = "any", ["required"] = true },
    };
}
