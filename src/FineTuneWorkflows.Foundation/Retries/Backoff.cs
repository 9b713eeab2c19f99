namespace FineTuneWorkflows.Foundation.Retries;

/// <summary>How long to wait before trying again: twice as long after each failure in a row, up to a limit.</summary>
/// <remarks>
/// HTTP calls use it rather than Microsoft.Extensions.Http.Resilience, whose handler repeats a request until its headers are there: a download goes on from the bytes it has and counts anew when it gets on, and what
/// MLflow means is known only when the body is read.
/// </remarks>
/// <param name="First">The wait after the first failure.</param>
/// <param name="Longest">The longest wait.</param>
public sealed record Backoff(TimeSpan First, TimeSpan Longest)
{
    /// <summary>The wait after this many failures in a row.</summary>
    /// <param name="failures">How many, from 1.</param>
    public TimeSpan After(int failures)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(failures);
        // 2^62 ticks are 14,000 years; as floating point, nothing overflows on the way to the limit.
        var ticks = First.Ticks * Math.Pow(2, Math.Min(failures - 1, 62));
        return ticks < Longest.Ticks ? TimeSpan.FromTicks((long)ticks) : Longest;
    }

    /// <summary>
    /// The wait for a server that others may ask, too: <see cref="After"/>, less a random part of up to half, which spreads the callers out; never shorter than what the server asked for. No result
    /// depends on the random part.
    /// </summary>
    /// <param name="failures">How many failures in a row, from 1.</param>
    /// <param name="asked">What the server asked for (<see cref="RetryAfter"/>), if anything.</param>
    public TimeSpan Spread(int failures, TimeSpan? asked = null)
    {
        var wait = After(failures) * (1 - (Random.Shared.NextDouble() / 2));
        return asked > wait ? asked.Value : wait;
    }
}
