using System.Net;
using System.Net.Http.Headers;
using System.Text;
using FineTuneWorkflows.Text.Files;

namespace FineTuneWorkflows.Text.Sources;

/// <summary>
/// Downloads one file whose SHA-256 is known: into a part file, continued by Range where the server grants it, tried again with doubling waits,
/// accepted only with the right digest. A file that is there already and has the digest is used without asking the server.
/// </summary>
internal sealed class Download
{
    private static readonly HttpClient Shared =
        new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), ConnectTimeout = TimeSpan.FromSeconds(30) })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    private readonly Uri _address;
    private readonly string _shown;
    private readonly string _wanted;
    private readonly string _file;
    private readonly string _part;
    private readonly DataSourceOptions _options;
    private readonly HttpClient _client;
    private readonly IProgress<TextProgress>? _progress;
    private bool _continued;

    private Download(Uri address, string wanted, DataSourceOptions options, HttpClient client, IProgress<TextProgress>? progress)
    {
        _address = address;
        _shown = Location.Shown(address);
        _wanted = wanted;
        _options = options;
        _client = client;
        _progress = progress;
        // The digest in the name keeps two files of one name apart and makes a part belong to one content only.
        var name = Location.FileName(address);
        _file = Path.Combine(options.WorkFolder!, wanted[..16], name);
        _part = _file + ".part";
    }

    public static async Task<string> RunAsync(
        string location, DataSourceOptions options, HttpClient? client, IProgress<TextProgress>? progress, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(location, UriKind.Absolute, out var address))
            throw new TextDataException("the web address is not valid; write https://host/path");
        var shown = Location.Shown(address);
        if (options.Sha256 is null)
            throw new TextDataException(
                "a download must be pinned by the SHA-256 of the file, so that nobody can exchange it unseen; download it once, look at it, run " +
                "sha256sum on it and give the result as Sha256", shown);
        if (options.WorkFolder is null) throw new ArgumentException("A download needs a work folder.", nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Attempts, nameof(options));
        return await new Download(address, RequireDigest(options.Sha256, shown), options, client ?? Shared, progress).RunAsync(cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>The digest in lower case, or an error that says what one looks like.</summary>
    public static string RequireDigest(string digest, string place)
    {
        var trimmed = digest.Trim().ToLowerInvariant();
        return trimmed.Length == 64 && trimmed.All(char.IsAsciiHexDigitLower)
            ? trimmed
            : throw new TextDataException($"the SHA-256 '{digest}' is not one: it must have 64 hexadecimal digits, as sha256sum prints them", place);
    }

    private async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
            if (File.Exists(_file))
            {
                if (FileDigest.Of(_file, null, cancellationToken) == _wanted) return _file;
                File.Delete(_file);
            }
            await FetchAsync(cancellationToken).ConfigureAwait(false);
            var actual = FileDigest.Of(_part, _progress, cancellationToken);
            if (actual != _wanted && _continued)
            {
                // Perhaps the part is of another content than what was appended: once from the start, then the digest has the last word.
                File.Delete(_part);
                await FetchAsync(cancellationToken).ConfigureAwait(false);
                actual = FileDigest.Of(_part, _progress, cancellationToken);
            }
            if (actual != _wanted)
            {
                File.Delete(_part);
                throw new TextDataException(
                    $"the downloaded file's SHA-256 is {actual}, expected {_wanted}; the file was deleted. Either it changed on the server or the " +
                    "pin is wrong", _shown);
            }
            File.Move(_part, _file, overwrite: true);
            return _file;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new TextDataException($"the download cannot be stored: {e.Message}", _options.WorkFolder, inner: e);
        }
    }

    private async Task FetchAsync(CancellationToken cancellationToken)
    {
        var failures = 0;
        while (true)
        {
            var before = PartLength();
            var outcome = await TryAsync(before, cancellationToken).ConfigureAwait(false);
            if (outcome.Problem is null) return;
            if (outcome.Final) throw new TextDataException(outcome.Problem, _shown);
            failures = PartLength() > before ? 1 : failures + 1;
            if (failures >= _options.Attempts)
                throw new TextDataException($"the download failed {failures} times in a row without getting on, last: {outcome.Problem}", _shown);
            await Task.Delay(Wait(failures, outcome.RetryAfter), cancellationToken).ConfigureAwait(false);
        }
    }

    private TimeSpan Wait(int failures, TimeSpan? asked)
    {
        var wait = _options.RetryDelay * Math.Pow(2, Math.Min(failures - 1, 16));
        if (asked > wait) wait = asked.Value;
        return wait < LongestWait ? wait : LongestWait;
    }

    private async Task<(string? Problem, bool Final, TimeSpan? RetryAfter)> TryAsync(long have, CancellationToken cancellationToken)
    {
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stall.CancelAfter(_options.StallTimeout);
        try
        {
            using var request = Request(have);
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token).ConfigureAwait(false);
            // 416: the part is as long as the file, or longer; the digest decides.
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && have > 0)
            {
                _continued = true;
                return default;
            }
            if (!response.IsSuccessStatusCode)
                return ($"the server answered {(int)response.StatusCode} {response.ReasonPhrase}", !IsWorthRetrying(response.StatusCode),
                    RetryAfter(response));
            var from = response.StatusCode == HttpStatusCode.PartialContent ? response.Content.Headers.ContentRange?.From ?? 0 : 0;
            if (from > have) return ($"the server sent bytes from {from} on where {have} were asked for", true, null);
            return await ReceiveAsync(response, from, stall).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            return ($"{Reason(e)}", false, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ($"nothing came for {_options.StallTimeout.TotalSeconds:0.###} seconds", false, null);
        }
    }

    private HttpRequestMessage Request(long have)
    {
        var bare = new UriBuilder(_address) { UserName = "", Password = "", Fragment = "" }.Uri;
        var request = new HttpRequestMessage(HttpMethod.Get, bare);
        if (_address.UserInfo.Length > 0)
        {
            var user = Encoding.UTF8.GetBytes(Uri.UnescapeDataString(_address.UserInfo));
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(user));
        }
        if (have > 0) request.Headers.Range = new RangeHeaderValue(have, null);
        return request;
    }

    private async Task<(string? Problem, bool Final, TimeSpan? RetryAfter)> ReceiveAsync(
        HttpResponseMessage response, long from, CancellationTokenSource stall)
    {
        if (from > 0) _continued = true;
        var length = response.Content.Headers.ContentLength;
        await using var part = new FileStream(_part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, 1);
        part.SetLength(from);
        part.Position = from;
        var buffer = new byte[1 << 16];
        await using var body = await response.Content.ReadAsStreamAsync(stall.Token).ConfigureAwait(false);
        var done = from;
        while (true)
        {
            int read;
            try
            {
                read = await body.ReadAsync(buffer, stall.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or HttpRequestException)
            {
                return ("the connection broke", false, null);
            }
            if (read == 0) break;
            await part.WriteAsync(buffer.AsMemory(0, read), stall.Token).ConfigureAwait(false);
            stall.CancelAfter(_options.StallTimeout);
            var before = done;
            done += read;
            if (done >> 20 != before >> 20) _progress?.Report(new TextProgress("downloading", done, from + length, "bytes"));
        }
        if (length is { } promised && done - from < promised) return ("the connection broke", false, null);
        _progress?.Report(new TextProgress("downloading", done, done, "bytes"));
        return default;
    }

    private long PartLength() => File.Exists(_part) ? new FileInfo(_part).Length : 0;

    private static bool IsWorthRetrying(HttpStatusCode status) =>
        (int)status >= 500 || status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or (HttpStatusCode)425;

    private static TimeSpan? RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter is { } header ? header.Delta ?? header.Date - DateTimeOffset.UtcNow : null;

    // The exception's own text may repeat the address; its kind is enough.
    private static string Reason(HttpRequestException e) => e.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "the host's name cannot be resolved",
        HttpRequestError.ConnectionError => "no connection to the host",
        HttpRequestError.SecureConnectionError => "no secure connection to the host (TLS)",
        _ => "the connection broke",
    };
}
