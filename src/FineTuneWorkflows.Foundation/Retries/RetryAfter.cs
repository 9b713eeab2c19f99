using System.Net.Http.Headers;

namespace FineTuneWorkflows.Foundation.Retries;

/// <summary>The header <c>Retry-After</c> (RFC 9110, section 10.2.3).</summary>
public static class RetryAfter
{
    /// <summary>A server that asks for more is asked again before.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>How long a server asks to wait, from zero to <see cref="Longest"/>; null where it does not say. A date is taken by the server's own clock where it tells it.</summary>
    public static TimeSpan? Of(HttpResponseHeaders headers) => Of(headers, DateTimeOffset.UtcNow);

    internal static TimeSpan? Of(HttpResponseHeaders headers, DateTimeOffset now)
    {
        var asked = headers.RetryAfter?.Delta ?? (headers.RetryAfter?.Date - (headers.Date ?? now));
        if (asked is not { } wait)
            return null;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait > Longest ? Longest : wait;
    }
}
