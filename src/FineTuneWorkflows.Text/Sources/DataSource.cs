using FineTuneWorkflows.Text.Files;
using Microsoft.Extensions.FileSystemGlobbing;

namespace FineTuneWorkflows.Text.Sources;

/// <summary>
/// Finds the files that a location means: a file, a folder, a glob pattern, or an <c>http://</c> or <c>https://</c> address, which is downloaded.
/// </summary>
public static class DataSource
{
    private static readonly string[] DataPatterns =
        ["*.jsonl", "*.ndjson", "*.csv", "*.tsv", "*.tab", "*.jsonl.gz", "*.ndjson.gz", "*.csv.gz", "*.tsv.gz", "*.tab.gz"];

    /// <summary>Resolves a location to files.</summary>
    /// <param name="location">
    /// A file; a folder, whose files <c>*.jsonl, *.ndjson, *.csv, *.tsv, *.tab</c>, also with <c>.gz</c>, are taken, those of folders below it not; a
    /// pattern with <c>*</c>, <c>**</c> or <c>?</c>; or a web address.
    /// </param>
    /// <param name="options">Digest, work folder and retries.</param>
    /// <param name="client">Makes the requests; its own timeout should be infinite. Null, the default, uses one of the library's.</param>
    /// <param name="progress">Told the phase <c>downloading</c>, in bytes.</param>
    /// <param name="cancellationToken">Stops a download; its part stays and is continued next time.</param>
    /// <returns>The files, sorted ordinally; never none.</returns>
    /// <exception cref="TextDataException">There is no such file, nothing matches, a digest is missing or wrong, or the download fails for good. No
    /// message contains a user, password or query of an address.</exception>
    public static async Task<IReadOnlyList<string>> ResolveAsync(
        string location, DataSourceOptions? options = null, HttpClient? client = null, IProgress<TextProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(location);
        options ??= new DataSourceOptions();
        if (Location.IsWeb(location)) return [await Download.RunAsync(location, options, client, progress, cancellationToken).ConfigureAwait(false)];

        var files = Local(location);
        if (options.Sha256 is null) return files;
        if (files.Count != 1) throw new TextDataException($"a SHA-256 pins one file, but this location means {files.Count} files", location);
        var wanted = Download.RequireDigest(options.Sha256, location);
        var actual = await Task.Run(() => FileDigest.Of(files[0], progress, cancellationToken), cancellationToken).ConfigureAwait(false);
        return actual == wanted ? files : throw new TextDataException($"the file's SHA-256 is {actual}, expected {wanted}", files[0]);
    }

    /// <summary>Whether a file's name is a data file's: <c>.jsonl, .ndjson, .csv, .tsv, .tab</c>, also with <c>.gz</c>.</summary>
    /// <param name="path">The file.</param>
    public static bool IsDataFile(string path) => DataPatterns.Any(pattern => path.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase));

    private static IReadOnlyList<string> Local(string location)
    {
        if (File.Exists(location)) return [location];
        if (Directory.Exists(location)) return InFolder(location);
        if (location.AsSpan().ContainsAny('*', '?')) return Matching(location);
        throw new TextDataException("there is no such file or folder", location);
    }

    private static List<string> InFolder(string folder)
    {
        var files = DataPatterns.SelectMany(pattern => Directory.EnumerateFiles(folder, pattern)).Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal).ToList();
        return files.Count > 0 ? files
            : throw new TextDataException($"the folder has no data file; looked for {string.Join(", ", DataPatterns[..5])}, also with .gz", folder);
    }

    private static List<string> Matching(string pattern)
    {
        var parts = pattern.Split(['/', '\\']);
        var firstWild = Array.FindIndex(parts, p => p.AsSpan().ContainsAny('*', '?'));
        var root = string.Join('/', parts[..firstWild]);
        if (root.Length == 0) root = pattern[0] is '/' or '\\' ? "/" : ".";
        if (!Directory.Exists(root)) throw new TextDataException($"the pattern's folder '{root}' does not exist", pattern);
        // The matcher knows * and **; a ? becomes a * first and the names are then checked exactly.
        var tail = string.Join('/', parts[firstWild..]);
        var matcher = new Matcher(StringComparison.Ordinal).AddInclude(tail.Replace('?', '*'));
        var files = matcher.GetResultsInFullPath(root).Where(f => !tail.Contains('?') || QuestionMarks.Match(tail, Path.GetRelativePath(root, f)))
            .Order(StringComparer.Ordinal).ToList();
        return files.Count > 0 ? files : throw new TextDataException("no file matches the pattern", pattern);
    }
}
