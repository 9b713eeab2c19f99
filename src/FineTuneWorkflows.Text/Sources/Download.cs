using System.Net.Http.Headers;
using System.Text;
using FineTuneWorkflows.Foundation.Files;
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

    private readonly Uri _address;
    private readonly string _shown;
    private readonly string _wanted;
    private readonly string _file;
    private readonly string _part;
    private readonly DataSourceOptions _options;
    private readonly HttpClient _client;
    private readonly IProgress<TextProgress>? _progress;

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
            var part = Part();
            await part.FetchAsync(cancellationToken).ConfigureAwait(false);
            var actual = FileDigest.Of(_part, _progress, cancellationToken);
            if (actual != _wanted && (part.Continued || !part.LengthIsKnown))
            {
                // Perhaps the part is of another content than what was appended, or the connection broke: once from the start, then the digest has the last word.
                File.Delete(_part);
                await part.FetchAsync(cancellationToken).ConfigureAwait(false);
                actual = FileDigest.Of(_part, _progress, cancellationToken);
            }
            if (actual != _wanted)
            {
                File.Delete(_part);
                throw new TextDataException(
                    $"the downloaded file's SHA-256 is {actual}, expected {_wanted}; the file was deleted. Either it changed on the server or the " +
                    $"pin is wrong{(part.LengthIsKnown ? "" : ", or the connection broke, which cannot be told as the server does not say how long the file is")}", _shown);
            }
            DurableFile.Move(_part, _file);
            return _file;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new TextDataException($"the download cannot be stored: {e.Message}", _options.WorkFolder, inner: e);
        }
    }

    private PartDownload Part() => new(
        _part, _shown, _options,
        async (have, cancellationToken) =>
        {
            using var request = Request(have);
            return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        },
        _progress);

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
}
