using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using FineTuneWorkflows.Foundation.Retries;

namespace FineTuneWorkflows.Text.Sources.Hub;

/// <summary>
/// The hub's HTTP API. Follows references to other places itself, because the token goes to the endpoint alone and the headers that name a large
/// file's content are on the answer that refers to where it lies.
/// </summary>
internal sealed class HubClient(HubOptions options)
{
    private const int MostRedirects = 10;

    private static readonly HttpClient Client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = TimeSpan.FromSeconds(30),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private readonly Backoff _backoff = new(options.RetryDelay, TimeSpan.FromMinutes(1));

    private readonly Uri _endpoint = Uri.TryCreate(options.Endpoint, UriKind.Absolute, out var endpoint) && Location.IsWeb(options.Endpoint) ? endpoint
        : throw new TextDataException($"the hub's address '{options.Endpoint}' (HF_ENDPOINT) is not valid; write https://host");

    /// <summary>Where a file of a commit is asked for.</summary>
    public Uri AddressOf(HubReference reference, string commit, string file) =>
        At($"{reference.Repository}/resolve/{commit}/{string.Join('/', file.Split('/').Select(Uri.EscapeDataString))}");

    /// <summary>Asks which commit a revision is and what it holds.</summary>
    public async Task<HubModel> ModelAsync(HubReference reference, CancellationToken cancellationToken)
    {
        var address = At($"api/models/{reference.Repository}/revision/{Uri.EscapeDataString(reference.Revision)}?blobs=true");
        using var response = await TriedAsync(HttpMethod.Get, address, reference, cancellationToken).ConfigureAwait(false);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            using var document = await JsonDocument.ParseAsync(body, default, cancellationToken).ConfigureAwait(false);
            var commit = document.RootElement.GetProperty("sha").GetString() ?? "";
            var files = document.RootElement.GetProperty("siblings").EnumerateArray().Select(s => new HubEntry(s.GetProperty("rfilename").GetString() ?? "", SizeOf(s))).ToList();
            if (new HubReference(reference.Repository, commit).IsCommit) return new HubModel(commit, files);
            throw new TextDataException($"the hub's answer names no commit: '{commit}'", Location.Shown(address));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new TextDataException("the hub's answer is not what its API promises: expected 'sha' and 'siblings'", Location.Shown(address), inner: e);
        }
    }

    /// <summary>Asks for the identity of a file's content, and its length, which is null where the hub does not tell.</summary>
    public async Task<(HubFile File, long? Length)> FileAsync(HubReference reference, string commit, string file, CancellationToken cancellationToken)
    {
        var address = AddressOf(reference, commit, file);
        using var response = await TriedAsync(HttpMethod.Head, address, reference, cancellationToken).ConfigureAwait(false);
        var etag = Linked(response) ?? response.Headers.ETag?.Tag
            ?? throw new TextDataException("the hub names no content (ETag) for the file", Location.Shown(address));
        // Where the answer refers elsewhere, its own length is that of the answer.
        var length = Linked(response) is null ? response.Content.Headers.ContentLength
            : response.Headers.TryGetValues("X-Linked-Size", out var sizes) && long.TryParse(sizes.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var linked) ? linked : null;
        return (new HubFile(file, etag.Trim('"')), length);
    }

    /// <summary>Asks for a file from a byte on, wherever it lies.</summary>
    public async Task<HttpResponseMessage> GetAsync(HubReference reference, Uri address, long from, CancellationToken cancellationToken)
    {
        var at = address;
        for (var i = 0; i < MostRedirects; i++)
        {
            var response = await SendAsync(HttpMethod.Get, at, from, cancellationToken).ConfigureAwait(false);
            var next = Next(response, at);
            if (next is null)
            {
                if (IsOwn(at)) Refuse(response, reference);
                return response;
            }
            response.Dispose();
            at = next;
        }
        throw new TextDataException($"the hub refers to other places more than {MostRedirects} times", Location.Shown(address));
    }

    /// <summary>A request to the endpoint, tried again while it may help; answers that refer to other hosts are the last.</summary>
    private async Task<HttpResponseMessage> TriedAsync(HttpMethod method, Uri address, HubReference reference, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            string problem;
            TimeSpan? asked = null;
            using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            stall.CancelAfter(options.StallTimeout);
            try
            {
                var response = await OwnAsync(method, address, stall.Token).ConfigureAwait(false);
                if (!TransientStatus.IsWorthRetrying(response.StatusCode))
                {
                    Refuse(response, reference);
                    return response;
                }
                problem = $"the server answered {(int)response.StatusCode}";
                asked = RetryAfter.Of(response.Headers);
                response.Dispose();
            }
            catch (HttpRequestException e)
            {
                problem = PartDownload.Reason(e);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                problem = $"nothing came for {options.StallTimeout.TotalSeconds:0.###} seconds";
            }
            if (attempt >= options.Attempts)
                throw new HubUnreachableException($"the hub cannot be asked, tried {attempt} times, last: {problem}", Location.Shown(address));
            await Task.Delay(_backoff.Spread(attempt, asked), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Follows references within the endpoint, such as that of a model that was renamed.</summary>
    private async Task<HttpResponseMessage> OwnAsync(HttpMethod method, Uri address, CancellationToken cancellationToken)
    {
        for (var i = 0; ; i++)
        {
            var response = await SendAsync(method, address, 0, cancellationToken).ConfigureAwait(false);
            if (Linked(response) is not null || Next(response, address) is not { } next || !IsOwn(next)) return response;
            response.Dispose();
            if (i >= MostRedirects) throw new TextDataException($"the hub refers to other places more than {MostRedirects} times", Location.Shown(address));
            address = next;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri address, long from, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, address);
        if (options.Token is { } token && IsOwn(address)) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        // A packed answer would have another length and place than the file.
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        if (from > 0) request.Headers.Range = new RangeHeaderValue(from, null);
        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
    }

    private static Uri? Next(HttpResponseMessage response, Uri from)
    {
        if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || !response.Headers.NonValidated.TryGetValues("Location", out var location)) return null;
        if (!Uri.TryCreate(from, location.ToString(), out var next)) throw new TextDataException("the hub refers to a place whose address is not valid", Location.Shown(from));
        var sound = next.Scheme == Uri.UriSchemeHttps || (next.Scheme == Uri.UriSchemeHttp && from.Scheme == Uri.UriSchemeHttp);
        return sound ? next : throw new TextDataException($"the hub refers to a place that is not secure: {Location.Shown(next)}", Location.Shown(from));
    }

    private bool IsOwn(Uri address) => address.Scheme == _endpoint.Scheme && address.Host == _endpoint.Host && address.Port == _endpoint.Port;

    private static string? Linked(HttpResponseMessage response) =>
        response.Headers.TryGetValues("X-Linked-Etag", out var values) ? values.First().Replace("W/", "", StringComparison.Ordinal) : null;

    // Only an answer that was asked for blobs has sizes, and mirrors may leave them out.
    private static long? SizeOf(JsonElement file) =>
        file.TryGetProperty("size", out var size) && size.ValueKind == JsonValueKind.Number && size.TryGetInt64(out var length) && length >= 0 ? length : null;

    private Uri At(string path) => new(options.Endpoint.TrimEnd('/') + "/" + path);

    private void Refuse(HttpResponseMessage response, HubReference reference)
    {
        if ((int)response.StatusCode < 400 || response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable || TransientStatus.IsWorthRetrying(response.StatusCode)) return;
        var code = response.Headers.TryGetValues("X-Error-Code", out var codes) ? codes.First() : "";
        var token = options.Token is null ? "set HF_TOKEN to a token that may read it" : "the token in HF_TOKEN may not read it";
        var problem = (code, response.StatusCode) switch
        {
            ("GatedRepo", _) or (_, HttpStatusCode.Forbidden) =>
                $"the model is gated: accept its conditions at {options.Endpoint}/{reference.Repository} and set HF_TOKEN to a token of that account",
            ("RevisionNotFound", _) => $"the model has no revision '{reference.Revision}'",
            ("EntryNotFound", _) => "the hub no longer has a file that it listed",
            (_, HttpStatusCode.Unauthorized) => $"there is no such model, or it is private: {token}",
            (_, HttpStatusCode.NotFound) => $"there is no such model or revision on {_endpoint.Host}; look for a spelling mistake",
            _ => $"the hub answered {(int)response.StatusCode}",
        };
        response.Dispose();
        throw new TextDataException(problem, reference.ToString());
    }
}
