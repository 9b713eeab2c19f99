using System.Text.Json.Serialization;

namespace FineTuneWorkflows.Tracking.Events;

/// <summary>A run made a model: on the server a logged model of its own, an output of the run.</summary>
/// <param name="RunId">The run's local id.</param>
/// <param name="Name">The logged model's name.</param>
/// <param name="LocalPath">The model's folder here, as users load it. It must stay until it was delivered.</param>
/// <param name="Digest">The digest of the model artifact: what the registry knows it by.</param>
/// <param name="Time">When.</param>
/// <param name="Metrics">Metrics that speak of this model, shown on its page; the run's own are logged by <see cref="MetricsLogged"/>.</param>
/// <param name="Parameters">Parameters shown on the model's page.</param>
/// <param name="DatasetName">The data set those metrics were measured on, where there is one: as in <see cref="DatasetUsed"/>.</param>
/// <param name="DatasetDigest">That data set's digest, in full.</param>
/// <param name="Step">The training step at which the model was taken.</param>
public sealed record ModelLogged(
    string RunId,
    string Name,
    string LocalPath,
    string Digest,
    DateTimeOffset Time,
    [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    IReadOnlyDictionary<string, double>? Metrics = null,
    IReadOnlyList<KeyValuePair<string, string>>? Parameters = null,
    string? DatasetName = null,
    string? DatasetDigest = null,
    long Step = 0) : TrackingEvent(RunId);
