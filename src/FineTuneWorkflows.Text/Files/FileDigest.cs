using System.Security.Cryptography;

namespace FineTuneWorkflows.Text.Files;

/// <summary>SHA-256 digests of files as 64 lower-case hexadecimal digits.</summary>
public static class FileDigest
{
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
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
            using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[1 << 20];
            long done = 0;
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                sha.AppendData(buffer, 0, read);
                done += read;
                if (done % (16 << 20) < read) progress?.Report(new TextProgress("hashing", done, stream.Length, "bytes"));
            }
            return Convert.ToHexStringLower(sha.GetHashAndReset());
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
