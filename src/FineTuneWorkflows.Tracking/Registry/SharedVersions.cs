using System.Globalization;
using FineTuneWorkflows.Tracking.Mlflow;
using FineTuneWorkflows.Tracking.Mlflow.Entities;
using FineTuneWorkflows.Tracking.Outbox;

namespace FineTuneWorkflows.Tracking.Registry;

/// <summary>Reads versions from a server.</summary>
internal static class SharedVersions
{
    /// <summary>The tag of a version with the digest of the data that it was tested on.</summary>
    internal const string TestDataTag = "test_data";

    /// <summary>The version that an alias points to, with its metrics; null where there is none.</summary>
    internal static async Task<SharedVersion?> FindAliasAsync(MlflowClient client, string name, string alias, CancellationToken cancellation) =>
        await client.Registry.FindAliasAsync(name, alias, cancellation).ConfigureAwait(false) is { } found
            ? await OfAsync(client, found, cancellation).ConfigureAwait(false)
            : null;

    /// <summary>A version with its metrics: those of its tags, and of its run what the tags do not say or say in fewer digits.</summary>
    internal static async Task<SharedVersion> OfAsync(MlflowClient client, MlflowModelVersion found, CancellationToken cancellation)
    {
        var tags = (found.Tags ?? []).ToDictionary(tag => tag.Key, tag => tag.Value, StringComparer.Ordinal);
        var metrics = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (key, value) in await OfRunAsync(client, found.RunId, cancellation).ConfigureAwait(false)) metrics[key] = value;
        foreach (var (key, text) in tags)
        {
            if (!key.Contains('/', StringComparison.Ordinal) || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)) continue;
            if (!metrics.TryGetValue(key, out var exact) || exact.ToString("0.####", CultureInfo.InvariantCulture) != text) metrics[key] = value;
        }

        return new(
            client.Options.Address,
            new ModelVersion(
                found.Name, int.Parse(found.Version, CultureInfo.InvariantCulture), tags.GetValueOrDefault(ServerText.DigestTag, ""), found.RunId ?? "", found.Description,
                DateTimeOffset.FromUnixTimeMilliseconds(found.CreationTimestamp ?? 0), metrics, [], found.Aliases ?? []),
            tags.GetValueOrDefault(TestDataTag));
    }

    private static async Task<Dictionary<string, double>> OfRunAsync(MlflowClient client, string? runId, CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(runId)) return [];
        try
        {
            var run = await client.Runs.GetAsync(runId, cancellation).ConfigureAwait(false);
            return (run.Data?.Metrics ?? []).GroupBy(metric => metric.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Last().Value, StringComparer.Ordinal);
        }
        catch (MlflowException fault) when (fault.IsNotFound)
        {
            return []; // The version outlived its run; its tags say what they say.
        }
    }
}
