namespace FineTuneWorkflows.Text.Sources.Hub;

/// <summary>How a hub of models is asked.</summary>
public sealed record HubOptions
{
    /// <summary>The hub's own address.</summary>
    public const string DefaultEndpoint = "https://huggingface.co";

    /// <summary>The hub's address without a slash at its end. Default <see cref="DefaultEndpoint"/>.</summary>
    public string Endpoint { get; init; } = DefaultEndpoint;

    /// <summary>The access token; sent to the endpoint alone, never to a host that it refers to, and in no message. Default null: none.</summary>
    public string? Token { get; init; }

    /// <summary>Whether the hub is not asked at all and only what the cache folder holds is used. Default false.</summary>
    public bool Offline { get; init; }

    /// <summary>How often a request is tried before it fails; a try that got new bytes starts the count again. Default 5.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>The wait after the first failed try; it doubles with each further one, up to 60 seconds. Default 1 second.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a server may send nothing before the try counts as failed. Default 60 seconds.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// What the environment says, as Hugging Face's own tools read it: <c>HF_ENDPOINT</c>, <c>HF_TOKEN</c>, and <c>HF_HUB_OFFLINE</c> (1, true, yes or
    /// on).
    /// </summary>
    public static HubOptions FromEnvironment() => From(Environment.GetEnvironmentVariable);

    internal static HubOptions From(Func<string, string?> variable)
    {
        return new()
        {
            Endpoint = Value("HF_ENDPOINT")?.TrimEnd('/') ?? DefaultEndpoint,
            Token = Value("HF_TOKEN"),
            Offline = Value("HF_HUB_OFFLINE")?.ToLowerInvariant() is "1" or "true" or "yes" or "on",
        };

        string? Value(string name) => variable(name) is { } value && value.Trim().Length > 0 ? value.Trim() : null;
    }

    internal DataSourceOptions Download => new() { Attempts = Attempts, RetryDelay = RetryDelay, StallTimeout = StallTimeout };
}
