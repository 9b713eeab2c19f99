namespace FineTuneWorkflows.Tracking.Events;

/// <summary>An alias of a registered model points to another version now. It comes after that version's <see cref="ModelRegistered"/>.</summary>
/// <param name="RunId">The local id of the run that made the version.</param>
/// <param name="Name">The registered model's name.</param>
/// <param name="Alias">The alias, such as <c>champion</c>.</param>
/// <param name="Version">The version's number here.</param>
/// <param name="Digest">The digest of that version's model artifact.</param>
/// <param name="Gate">The gate that held here. It is asked again before the alias moves on the server, where that points to another version by then. Null for none.</param>
/// <param name="Metrics">The version's metrics, which the gate compares.</param>
/// <param name="Before">The number of the version, on the server, that the gate was asked about here; null where the server had none or was not asked.</param>
/// <param name="Asked">The server that was asked; null for none.</param>
public sealed record ModelAliasMoved(
    string RunId, string Name, string Alias, int Version, string Digest, string? Gate = null,
    [property: System.Text.Json.Serialization.JsonNumberHandling(System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    IReadOnlyDictionary<string, double>? Metrics = null,
    int? Before = null, string? Asked = null) : TrackingEvent(RunId);
