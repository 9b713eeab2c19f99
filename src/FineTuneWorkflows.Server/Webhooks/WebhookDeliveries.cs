using FineTuneWorkflows.Foundation.Digests;
using FineTuneWorkflows.Server.Data;

namespace FineTuneWorkflows.Server.Webhooks;

/// <summary>Which deliveries have started which instance, so that the same delivery never starts a second one.</summary>
internal sealed class WebhookDeliveries(ServerDatabase database, TimeProvider time)
{
    /// <summary>Registers a delivery.</summary>
    /// <param name="path">The webhook's path; Elsa serves it in upper and lower case alike, so they are one here.</param>
    /// <param name="key">The idempotency key.</param>
    /// <param name="body">The body.</param>
    /// <param name="instanceId">The instance that it would start.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The instance that this delivery belongs to; null where the key was used with another body before.</returns>
    public async Task<string?> RegisterAsync(string path, string key, byte[] body, string instanceId, CancellationToken cancellationToken)
    {
        var delivery = ContentDigest.Of(path.ToLowerInvariant() + "\n" + key);
        var digest = ContentDigest.Of(body);
        var added = await database.ExecuteAsync(
            "INSERT INTO finetune_deliveries (delivery_key, body_sha256, instance_id, created) VALUES (@key, @body, @instance, @now) ON CONFLICT (delivery_key) DO NOTHING",
            [("key", delivery), ("body", digest), ("instance", instanceId), ("now", time.GetUtcNow().Text())], cancellationToken).ConfigureAwait(false);
        if (added == 1)
            return instanceId;
        var known = (await database.QueryAsync(
            "SELECT body_sha256, instance_id FROM finetune_deliveries WHERE delivery_key = @key", [("key", delivery)], reader => (Body: reader.GetString(0), Instance: reader.GetString(1)), cancellationToken)
            .ConfigureAwait(false)).Single();
        return known.Body == digest ? known.Instance : null;
    }
}
