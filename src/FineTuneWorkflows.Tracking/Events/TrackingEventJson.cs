using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace FineTuneWorkflows.Tracking.Events;

/// <summary>
/// How events are written into the outbox: a kind, and JSON of the type that the kind stands for. (Polymorphic serialization would say
/// the same, but needs metadata that costs a tenth of a second at start-up.) Metrics are not among them: they have rows of their own.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(RunStarted))]
[JsonSerializable(typeof(RunResumed))]
[JsonSerializable(typeof(ParametersLogged))]
[JsonSerializable(typeof(TagsSet))]
[JsonSerializable(typeof(DatasetUsed))]
[JsonSerializable(typeof(ArtifactProduced))]
[JsonSerializable(typeof(ModelLogged))]
[JsonSerializable(typeof(ModelRegistered))]
[JsonSerializable(typeof(ModelAliasMoved))]
[JsonSerializable(typeof(ModelMeasured))]
[JsonSerializable(typeof(RunDescribed))]
[JsonSerializable(typeof(RunEnded))]
internal sealed partial class TrackingEventJson : JsonSerializerContext
{
    internal static (string Kind, string Json) Write(TrackingEvent item) => item switch
    {
        RunStarted started => ("run-started", JsonSerializer.Serialize(started, Default.RunStarted)),
        RunResumed resumed => ("run-resumed", JsonSerializer.Serialize(resumed, Default.RunResumed)),
        ParametersLogged parameters => ("parameters", JsonSerializer.Serialize(parameters, Default.ParametersLogged)),
        TagsSet tags => ("tags", JsonSerializer.Serialize(tags, Default.TagsSet)),
        DatasetUsed dataset => ("dataset", JsonSerializer.Serialize(dataset, Default.DatasetUsed)),
        ArtifactProduced artifact => ("artifact", JsonSerializer.Serialize(artifact, Default.ArtifactProduced)),
        ModelLogged model => ("model", JsonSerializer.Serialize(model, Default.ModelLogged)),
        ModelRegistered registered => ("model-registered", JsonSerializer.Serialize(registered, Default.ModelRegistered)),
        ModelAliasMoved moved => ("alias-moved", JsonSerializer.Serialize(moved, Default.ModelAliasMoved)),
        ModelMeasured measured => ("model-measured", JsonSerializer.Serialize(measured, Default.ModelMeasured)),
        RunDescribed described => ("run-described", JsonSerializer.Serialize(described, Default.RunDescribed)),
        RunEnded ended => ("run-ended", JsonSerializer.Serialize(ended, Default.RunEnded)),
        _ => throw new ArgumentException($"The store knows no event {item.GetType().Name}.", nameof(item)),
    };

    internal static TrackingEvent Read(string kind, string json) => kind switch
    {
        "run-started" => Read(json, Default.RunStarted),
        "run-resumed" => Read(json, Default.RunResumed),
        "parameters" => Read(json, Default.ParametersLogged),
        "tags" => Read(json, Default.TagsSet),
        "dataset" => Read(json, Default.DatasetUsed),
        "artifact" => Read(json, Default.ArtifactProduced),
        "model" => Read(json, Default.ModelLogged),
        "model-registered" => Read(json, Default.ModelRegistered),
        "alias-moved" => Read(json, Default.ModelAliasMoved),
        "model-measured" => Read(json, Default.ModelMeasured),
        "run-described" => Read(json, Default.RunDescribed),
        "run-ended" => Read(json, Default.RunEnded),
        _ => throw new JsonException($"The outbox holds an event of an unknown kind '{kind}'."),
    };

    private static T Read<T>(string json, JsonTypeInfo<T> type) where T : TrackingEvent =>
        JsonSerializer.Deserialize(json, type) ?? throw new JsonException("The outbox holds an event that is null.");
}
