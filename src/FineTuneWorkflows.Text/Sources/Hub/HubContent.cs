using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FineTuneWorkflows.Text.Sources.Hub;

/// <summary>
/// Tells whether a file has the content that its ETag names: a SHA-256, or a SHA-1, git's of a blob as on the hub or the content's as on some mirrors;
/// other ETags name nothing.
/// </summary>
internal static class HubContent
{
    public static bool Fits(string path, string etag, CancellationToken cancellationToken)
    {
        var hex = etag.All(char.IsAsciiHexDigitLower);
        return !hex || etag.Length switch
        {
            64 => Files.FileDigest.Of(path, null, cancellationToken) == etag,
            40 => Sha1(path, blob: true) == etag || Sha1(path, blob: false) == etag,
            _ => true,
        };
    }

#pragma warning disable CA5350 // SHA-1 is git's name of the content, not a protection.
    private static string Sha1(string path, bool blob)
    {
        using var stream = File.OpenRead(path);
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        if (blob) sha.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {stream.Length}\0")));
        var buffer = new byte[1 << 16];
        for (int read; (read = stream.Read(buffer)) > 0;) sha.AppendData(buffer, 0, read);
        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }
#pragma warning restore CA5350
}
