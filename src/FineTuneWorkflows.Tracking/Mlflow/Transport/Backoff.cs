using System.Net.Http.Headers;

namespace FineTuneWorkflows.Tracking.Mlflow.Transport;

/// <summary>How long to wait before trying again. Chance only spreads callers out; no result depends on it.</summary>
internal static class Backoff
{
    internal static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Doubles with each attempt up to the longest, less a random part of up to half; never shorter than what the server asked for.
    /// </summary>
    internal static TimeSpan Delay(TimeSpan first, int attempt, TimeSpan? asked, TimeSpan? longest = null)
    {
        var full = Math.Min(first.TotalMilliseconds * Math.Pow(2, Math.Min(attempt, 20)), (longest ?? Longest).TotalMilliseconds);
        var delay = TimeSpan.FromMilliseconds(full * (1 - (Random.Shared.NextDouble() / 2)));
        return asked > delay ? asked.Value : delay;
    }

    internal static TimeSpan? RetryAfter(RetryConditionHeaderValue? header, DateTimeOffset? serverTime)
    {
        var asked = header?.Delta ?? (header?.Date - (serverTime ?? DateTimeOffset.UtcNow));
        if (asked is not { } wait) return null;
        // A server that asks for hours is asked again before.
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait > TimeSpan.FromMinutes(5) ? TimeSpan.FromMinutes(5) : wait;
    }
}
