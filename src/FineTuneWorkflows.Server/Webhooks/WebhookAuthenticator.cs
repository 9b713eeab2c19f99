using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FineTuneWorkflows.Server.Hosting;
using FineTuneWorkflows.Server.Security.Keys;

namespace FineTuneWorkflows.Server.Webhooks;

/// <summary>
/// Checks who calls a webhook: an API key (<c>Authorization: ApiKey ...</c> or <c>X-Api-Key</c>), or a signature <c>X-Signature-256: sha256=HEX</c>, the HMAC-SHA256 of
/// <c>TIMESTAMP.BODY</c> with the webhook secret, where TIMESTAMP is <c>X-Timestamp</c> in Unix seconds and may be off by the replay window at most.
/// </summary>
internal sealed class WebhookAuthenticator(KeyStore keys, ServerOptions options, TimeProvider time)
{
    public const string KeyHeader = "X-Api-Key";
    public const string SignatureHeader = "X-Signature-256";
    public const string TimestampHeader = "X-Timestamp";

    private const string KeyScheme = "ApiKey ";
    private const string SignaturePrefix = "sha256=";

    /// <summary>What tells the caller, and must reach neither the workflow nor its history.</summary>
    public static IReadOnlyList<string> CredentialHeaders { get; } = ["Authorization", "Cookie", KeyHeader, SignatureHeader, TimestampHeader];

    /// <summary>Checks what can be checked without the body.</summary>
    /// <param name="headers">The call's headers.</param>
    /// <param name="route">The webhook's path, such as <c>/on-new-data</c>.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Whether the call is refused, accepted, or accepted if its signature fits its body.</returns>
    public async Task<Verdict> CheckAsync(IHeaderDictionary headers, string route, CancellationToken cancellationToken)
    {
        var authorization = headers.Authorization.ToString();
        var key = authorization.StartsWith(KeyScheme, StringComparison.OrdinalIgnoreCase) ? authorization[KeyScheme.Length..] : headers[KeyHeader].ToString();
        if (key.Length > 0)
            return await keys.ScopeOfAsync(key, cancellationToken).ConfigureAwait(false) is { } scope && scope.AllowsWebhook(route) ? Verdict.Accepted : Verdict.Refused;
        if (options.WebhookSecret is null || headers[SignatureHeader].ToString().Length == 0)
            return Verdict.Refused;
        return long.TryParse(headers[TimestampHeader], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && Math.Abs(time.GetUtcNow().ToUnixTimeSeconds() - seconds) <= options.WebhookWindow.TotalSeconds
            ? Verdict.NeedsBody
            : Verdict.Refused;
    }

    /// <summary>Whether the signature is that of the body.</summary>
    public bool IsSigned(IHeaderDictionary headers, byte[] body)
    {
        var signature = headers[SignatureHeader].ToString();
        if (!signature.StartsWith(SignaturePrefix, StringComparison.OrdinalIgnoreCase))
            return false;
        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(options.WebhookSecret!), (byte[])[.. Encoding.ASCII.GetBytes(headers[TimestampHeader].ToString() + "."), .. body]);
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        return Convert.FromHexString(signature.AsSpan(SignaturePrefix.Length), given, out _, out var written) == System.Buffers.OperationStatus.Done
            && written == given.Length
            && CryptographicOperations.FixedTimeEquals(given, expected);
    }

    internal enum Verdict
    {
        Refused,
        Accepted,
        NeedsBody,
    }
}
