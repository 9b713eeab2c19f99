using System.Globalization;
using FineTuneWorkflows.Pipelines.Cache;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Stages.RegisterModel;
using FineTuneWorkflows.Tracking.Events;
using FineTuneWorkflows.Tracking.Models;

namespace FineTuneWorkflows.Stages.Tracking;

/// <summary>What a finished stage says of models: that it made one, measured one, registered one.</summary>
internal sealed class ModelEvents(Home home, TrackedDetail detail)
{
    // What each task is judged by; a version is tagged with those that its evaluation has.
    private static readonly HashSet<string> Figures = new(StringComparer.Ordinal) { "accuracy", "f1", "f1_macro", "f1_micro", "precision", "recall", "perplexity" };

    /// <summary>The events of a stage that was executed.</summary>
    public IEnumerable<TrackingEvent> Of(string runId, StageFinished stage, RunMemory memory)
    {
        var digest = stage.Artifacts.GetValueOrDefault("model");
        if (digest is not null && Directory.Exists(FolderOf(digest)))
            yield return Logged(runId, stage, memory, digest);
        if ((digest ?? memory.RecordOf(stage)?.Document.Inputs.GetValueOrDefault("model")) is { } model)
            foreach (var (context, prefix) in ((string, string)[])[("training", "train/"), ("validation", "validation/"), ("testing", "test/")])
                if (Measured(runId, stage, memory, model, context, prefix) is { Metrics.Count: > 0 } measured)
                    yield return measured;
        foreach (var registered in Registered(runId, stage, memory))
            yield return registered;
    }

    // Python loads a model in MLflow's own layout. It stands beside the run until it is delivered, with links to the artifact's files where that is possible.
    private ModelLogged Logged(string runId, StageFinished stage, RunMemory memory, string digest)
    {
        var target = Path.Combine(home.Runs, runId, "models", stage.StageId);
        MlflowModelFolder.Write(new() { Folder = FolderOf(digest), SourceModelName = stage.StageId, Digest = digest }, target);
        return new(runId, stage.StageId, target, digest, stage.Time, Parameters: [.. detail.Of(stage.Type, memory.ParametersOf(stage.StageId))]);
    }

    private static ModelMeasured Measured(string runId, StageFinished stage, RunMemory memory, string model, string context, string prefix)
    {
        var dataset = memory.Dataset(context);
        return new(
            runId, model, [.. memory.MetricsOf(stage.StageId).Where(p => p.Key.StartsWith(prefix, StringComparison.Ordinal) || p.Key.StartsWith("best_" + prefix, StringComparison.Ordinal))],
            dataset?.Name, dataset?.Digest);
    }

    private IEnumerable<TrackingEvent> Registered(string runId, StageFinished stage, RunMemory memory)
    {
        if (!stage.Tags.TryGetValue("model/name", out var name) || !stage.Tags.TryGetValue("model/version", out var version) || !stage.Tags.TryGetValue("model/digest", out var digest))
            yield break;
        var number = int.Parse(version, CultureInfo.InvariantCulture);
        var tags = new List<KeyValuePair<string, string>>();
        if (memory.RecordOf(stage)?.Document.Inputs.GetValueOrDefault("dataset") is { } data)
            tags.Add(new("data", data));
        if (stage.Tags.TryGetValue("model/test_data", out var testData))
            tags.Add(new("test_data", testData));
        foreach (var (key, value) in memory.Stages.Where(s => Measures(memory.RecordOf(s), digest)).SelectMany(s => s.Metrics).Where(m => IsFigure(m.Key)))
            tags.Add(new(key, value.ToString("R", CultureInfo.InvariantCulture)));
        var description = memory.ParametersOf(stage.StageId).GetValueOrDefault("ModelDescription");
        yield return new ModelRegistered(runId, name, number, digest, string.IsNullOrEmpty(description) ? null : description, tags, memory.Pipeline is { } made ? $"Versions come from the workflow '{made}'." : null);
        if (stage.Tags.TryGetValue("model/alias", out var alias))
            yield return Moved(runId, stage, memory, name, alias, number, digest);
    }

    private ModelAliasMoved Moved(string runId, StageFinished stage, RunMemory memory, string name, string alias, int number, string digest)
    {
        var gate = memory.ParametersOf(stage.StageId).GetValueOrDefault("Gate");
        var metrics = stage.Artifacts.TryGetValue("registration", out var registration) ? RegistrationFile.Read(FolderOf(registration))?.Metrics : null;
        // "VERSION SERVER", or "none SERVER": what the gate was asked about.
        var asked = stage.Tags.GetValueOrDefault("model/asked")?.Split(' ', 2);
        return new(
            runId, name, alias, number, digest, string.IsNullOrEmpty(gate) ? null : gate, metrics,
            int.TryParse(asked?[0], NumberStyles.None, CultureInfo.InvariantCulture, out var before) ? before : null, asked is [_, var server] ? server : null);
    }

    // Of a stage whose record is gone nothing contradicts it.
    private static bool Measures(StageRecord? record, string model) => record is null || record.Document.Inputs.GetValueOrDefault("model") == model;

    private static bool IsFigure(string metric) => metric.Split('/') is ["test" or "baseline", var name] && Figures.Contains(name);

    private string FolderOf(string digest) => Path.Combine(home.Objects, digest[..2], digest);
}
