using System.Text.Json;
using System.Text.Json.Serialization;

namespace FineTuneWorkflows.Tracking.Registry;

/// <summary>How an entry stands in the registry's file: one JSON object a line, all kinds with one set of members.</summary>
internal sealed record RegistryLine(string Event, DateTimeOffset Time, string Name)
{
    private const string Registered = "version-registered", Moved = "alias-moved", Removed = "alias-removed";

    public int? Version { get; init; }

    public string? Digest { get; init; }

    public string? Run { get; init; }

    public IReadOnlyDictionary<string, double>? Metrics { get; init; }

    public IReadOnlyList<string>? Data { get; init; }

    public string? Description { get; init; }

    public string? Alias { get; init; }

    public int? Before { get; init; }

    public static byte[] Write(RegistryEntry entry) => JsonSerializer.SerializeToUtf8Bytes(
        entry switch
        {
            VersionRegistered e => new(Registered, e.Time, e.Name)
            {
                Version = e.Version, Digest = e.Digest, Run = e.RunId, Metrics = e.Metrics, Data = e.DataDigests, Description = e.Description,
            },
            AliasMoved e => new(Moved, e.Time, e.Name) { Alias = e.Alias, Version = e.Version, Before = e.Before },
            AliasRemoved e => new(Removed, e.Time, e.Name) { Alias = e.Alias },
            _ => throw new ArgumentException($"The registry knows no {entry.GetType().Name}.", nameof(entry)),
        },
        RegistryJson.Default.RegistryLine);

    /// <exception cref="JsonException">It is no entry.</exception>
    public static RegistryEntry Read(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, RegistryJson.Default.RegistryLine) switch
        {
            { Event: Registered, Name: { } name, Version: > 0 and { } version, Digest: { } digest, Run: { } run } e =>
                new VersionRegistered(e.Time, name, version, digest, run, e.Metrics ?? new Dictionary<string, double>(), e.Data ?? [], e.Description),
            { Event: Moved, Name: { } name, Alias: { } alias, Version: > 0 and { } version } e => new AliasMoved(e.Time, name, alias, version, e.Before),
            { Event: Removed, Name: { } name, Alias: { } alias } e => new AliasRemoved(e.Time, name, alias),
            { Event: Registered or Moved or Removed } e => throw new JsonException($"the event {e.Event} lacks a member"),
            var e => throw new JsonException($"the event '{e?.Event}' is unknown"),
        };
}

/// <summary>How the registry's file is written as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(RegistryLine))]
internal sealed partial class RegistryJson : JsonSerializerContext;
