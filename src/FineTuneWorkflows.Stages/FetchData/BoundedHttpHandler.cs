using System.Net;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Sources;

namespace FineTuneWorkflows.Stages.FetchData;

/// <summary>
/// Asks only hosts that may be asked, also where one sends on to another. Credentials stay with the host that they were given for. An address that cannot be followed becomes an error with a name.
/// </summary>
/// <param name="sources">The hosts.</param>
public sealed class BoundedHttpHandler(AllowedSources sources) : DelegatingHandler
{
    private const int MostRedirects = 10;

    /// <summary>The handler to have below this one: it follows no redirects itself.</summary>
    public static SocketsHttpHandler Sender() => new() { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(30) };

    /// <inheritdoc />
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var address = request.RequestUri!;
        for (var redirects = 0; ; redirects++)
        {
            if (!sources.AllowsHost(address.Host))
                throw new StageException($"{address.Host} is not an allowed host; {sources.Advice}");
            request.RequestUri = address;
            var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode is not (HttpStatusCode.Moved or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect)
                || !response.Headers.NonValidated.TryGetValues("Location", out var location) || redirects == MostRedirects)
                return response;
            using (response)
                address = Next(address, location.ToString());
            if (response.StatusCode is not (HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect) && request.Method == HttpMethod.Post || response.StatusCode == HttpStatusCode.SeeOther)
                (request.Method, request.Content) = (request.Method == HttpMethod.Head ? HttpMethod.Head : HttpMethod.Get, null);
            if (Authority(address) != Authority(request.RequestUri))
            {
                request.Headers.Authorization = null;
                request.Headers.Remove("Cookie");
            }
        }
    }

    private static string Authority(Uri address) => address.GetLeftPart(UriPartial.Authority);

    private static Uri Next(Uri from, string location)
    {
        if (!Uri.TryCreate(from, location, out var next) || next.Scheme != Uri.UriSchemeHttp && next.Scheme != Uri.UriSchemeHttps)
            throw new StageException($"{from.Host} redirects to an address that is not http or https");
        return from.Scheme == Uri.UriSchemeHttps && next.Scheme == Uri.UriSchemeHttp
            ? throw new StageException($"{from.Host} redirects from https to http, which is refused")
            : next;
    }
}
