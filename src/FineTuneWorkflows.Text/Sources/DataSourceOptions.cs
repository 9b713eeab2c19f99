namespace FineTuneWorkflows.Text.Sources;

/// <summary>How a data source is found or downloaded.</summary>
public sealed record DataSourceOptions
{
    /// <summary>
    /// The SHA-256 that the file must have, 64 hexadecimal digits. Required for a download; for a single local file it is checked where it is given.
    /// Default null.
    /// </summary>
    public string? Sha256 { get; init; }

    /// <summary>The folder for downloads, finished ones and parts. Required for a download. Default null.</summary>
    public string? WorkFolder { get; init; }

    /// <summary>How often a download is tried before it fails; a try that got new bytes starts the count again. Default 5.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>
    /// The wait after the first failed try; it doubles with each further one, up to 60 seconds, unless the server names a longer one of up to 60
    /// seconds. Default 1 second.
    /// </summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a server may send nothing before the try counts as failed. Default 60 seconds.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The most bytes of a download, so that a server cannot fill the disk. Default 100 GiB.</summary>
    public long MaxBytes { get; init; } = 100L << 30;
}
