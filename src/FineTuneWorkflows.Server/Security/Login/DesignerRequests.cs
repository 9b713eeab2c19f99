using System.Net;
using System.Security.Cryptography;

namespace FineTuneWorkflows.Server.Security.Login;

/// <summary>
/// The designer runs in this process and asks the API for the browsers that it serves. Such a request carries the browser's address, and a secret of this process so that nobody else can claim one.
/// </summary>
internal sealed class DesignerRequests
{
    private const string AddressHeader = "X-FineTune-Browser";
    private const string SecretHeader = "X-FineTune-Designer";

    private readonly string secret = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));

    /// <summary>Marks a request of the designer.</summary>
    /// <param name="request">The request.</param>
    /// <param name="browser">The browser's address; null where it is not known.</param>
    public void Mark(HttpRequestMessage request, IPAddress? browser)
    {
        request.Headers.Add(SecretHeader, secret);
        request.Headers.Add(AddressHeader, browser?.ToString() ?? "designer");
    }

    /// <summary>The address that a request comes from, or that the designer makes it for; null where it is not known.</summary>
    public IPAddress? ClientOf(HttpContext context)
    {
        var headers = context.Request.Headers;
        return headers[SecretHeader].ToString() is { Length: > 0 } given && CryptographicOperations.FixedTimeEquals(System.Text.Encoding.UTF8.GetBytes(given), System.Text.Encoding.UTF8.GetBytes(secret))
            ? IPAddress.TryParse(headers[AddressHeader].ToString(), out var browser) ? browser : null
            : context.Connection.RemoteIpAddress;
    }
}
