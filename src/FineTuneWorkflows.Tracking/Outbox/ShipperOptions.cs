using FineTuneWorkflows.Tracking.Events;

namespace FineTuneWorkflows.Tracking.Outbox;

/// <summary>How the shipper behaves.</summary>
public sealed record ShipperOptions
{
    /// <summary>How often it looks for events of other processes. Default: 1 second.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The pause after a failure; doubles each time nothing was delivered in between, and is shortened at random by up to half. Default: 0.5
    /// seconds.
    /// </summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest pause after a failure, unless the server asks for more. Default: 1 minute.</summary>
    public TimeSpan LongestRetryDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>What must not be sent. Default: a mask that knows no values, only patterns.</summary>
    public SecretMask Mask { get; init; } = new();
}
