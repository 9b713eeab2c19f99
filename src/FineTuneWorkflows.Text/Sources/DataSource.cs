using FineTuneWorkflows.Text.Datasets;

namespace FineTuneWorkflows.Text.Sources;

/// <summary>Where data comes from: a file of a known kind, or an <c>http://</c> or <c>https://</c> address, which is downloaded.</summary>
public static class DataSource
{
    private static readonly string[] Extensions = [".jsonl", ".ndjson", ".csv", ".tsv", ".tab", ".conll", ".bio", ".iob", ".iob2"];
    private static readonly string[] TextExtensions = [".txt", ".text"];

    /// <summary>Whether a location is a web address.</summary>
    /// <param name="location">The location.</param>
    public static bool IsWeb(string location) => Location.IsWeb(location);

    /// <summary>
    /// Whether a file's name is a data file's: <c>.jsonl, .ndjson, .csv, .tsv, .tab, .conll, .bio, .iob, .iob2</c>, for plain text also
    /// <c>.txt, .text</c>, all also with <c>.gz</c>.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">The kind that is wanted. Default null: not said; text files are then taken for licences and notes.</param>
    public static bool IsDataFile(string path, DataKind? kind = null) =>
        Ends(path, Extensions) || (kind == DataKind.PlainText && Ends(path, TextExtensions));

    /// <summary>Downloads a file whose SHA-256 is known; a file that an earlier call brought is used again.</summary>
    /// <param name="address">The web address.</param>
    /// <param name="options">Digest, work folder and retries.</param>
    /// <param name="client">Makes the requests; its own timeout should be infinite. Null, the default, uses one of the library's.</param>
    /// <param name="progress">Told the phase <c>downloading</c>, in bytes.</param>
    /// <param name="cancellationToken">Stops a download; its part stays and is continued next time.</param>
    /// <returns>The file.</returns>
    /// <exception cref="TextDataException">A digest is missing or wrong, or the download fails for good. No message contains a user, password or query of an address.</exception>
    public static Task<string> DownloadAsync(
        string address, DataSourceOptions options, HttpClient? client = null, IProgress<TextProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(address);
        ArgumentNullException.ThrowIfNull(options);
        return Download.RunAsync(address, options, client, progress, cancellationToken);
    }

    private static bool Ends(string path, string[] extensions) => extensions.Any(extension =>
        path.EndsWith(extension, StringComparison.OrdinalIgnoreCase) || path.EndsWith(extension + ".gz", StringComparison.OrdinalIgnoreCase));
}
