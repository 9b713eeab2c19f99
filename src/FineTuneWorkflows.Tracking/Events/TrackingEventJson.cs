using System.Text.Json;
using System.Text.Json.Serialization;

namespace FineTuneWorkflows.Tracking.Events;

/// <summary>How events are written into the outbox. Metrics are not: their rows stand in a table of their own.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TrackingEvent))]
internal sealed partial class TrackingEventJson : JsonSerializerContext
{
    internal static string Write(TrackingEvent item) => JsonSerializer.Serialize(item, Default.TrackingEvent);

    internal static TrackingEvent Read(string json) => JsonSerializer.Deserialize(json, Default.TrackingEvent)
        ?? throw new JsonException("The outbox holds an event that is null.");
}
