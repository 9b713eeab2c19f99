using FineTuneWorkflows.Foundation.Digests;

namespace FineTuneWorkflows.Text.Files;

/// <summary>SHA-256 digests of files as 64 lower-case hexadecimal digits.</summary>
public static class FileDigest
{
    private const long ReportBytes = 16 << 20;

    /// <summary>The digest of a file's bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="progress">Told the bytes read, every 16 MiB.</param>
    /// <param name="cancellationToken">Checked at every mebibyte.</param>
    /// <exception cref="TextDataException">The file is missing or cannot be read.</exception>
    public static string Of(string path, IProgress<TextProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            var told = 0L;
            return ContentDigest.OfFile(
                path,
                progress is null ? null : (done, length) =>
                {
                    if (done / ReportBytes == told) return;
                    told = done / ReportBytes;
                    progress.Report(new TextProgress("hashing", done, length, "bytes"));
                },
                cancellationToken);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TextDataException("the file does not exist", path, inner: e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new TextDataException($"the file cannot be read: {e.Message}", path, inner: e);
        }
    }
}
