using System.Security.Cryptography;
using System.Text;

namespace FineTuneWorkflows.Foundation.Digests;

/// <summary>SHA-256 (FIPS 180-4) of contents, as 64 lower-case hexadecimal digits: what names artifacts, fingerprints, files and models.</summary>
public static class ContentDigest
{
    private const int BlockBytes = 1 << 20;

    /// <summary>The digest of a text's UTF-8 bytes.</summary>
    public static string Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    /// <summary>The digest of bytes.</summary>
    public static string Of(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>The digest of a file's bytes, read now.</summary>
    /// <param name="path">The file. Others may read and delete it meanwhile.</param>
    /// <param name="progress">Told after each mebibyte how many bytes are read, and how many the file has.</param>
    /// <param name="cancellationToken">Looked at before each mebibyte.</param>
    /// <exception cref="IOException">The file is missing, cannot be read, or is a pipe.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static string OfFile(string path, Action<long, long>? progress = null, CancellationToken cancellationToken = default)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        if (!stream.CanSeek)
            throw new IOException("it is a pipe, which can be read only once; write what comes from it to a file");
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = new byte[(int)Math.Clamp(stream.Length, 1, BlockBytes)];
        var done = 0L;
        for (int read; (read = stream.Read(block)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            digest.AppendData(block, 0, read);
            progress?.Invoke(done += read, stream.Length);
        }

        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }
}
