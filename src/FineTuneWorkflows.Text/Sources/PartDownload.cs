using System.Net;
using FineTuneWorkflows.Foundation.Retries;

namespace FineTuneWorkflows.Text.Sources;

/// <summary>
/// Brings one file into a part file: continued by Range where the server grants it, tried again with doubling waits as long as it is worth it.
/// </summary>
/// <param name="part">The part file; what is there of it is continued.</param>
/// <param name="shown">The address as messages may show it.</param>
/// <param name="options">Attempts and waits.</param>
/// <param name="send">Asks for the file from a byte on and gives the answer with its headers read.</param>
/// <param name="progress">Told the phase <c>downloading</c>, in bytes.</param>
internal sealed class PartDownload(
    string part, string shown, DataSourceOptions options, Func<long, CancellationToken, Task<HttpResponseMessage>> send, IProgress<TextProgress>? progress)
{
    private readonly Backoff _backoff = new(options.RetryDelay, TimeSpan.FromMinutes(1));

    /// <summary>Whether a part from before, or from a try that broke, was continued.</summary>
    public bool Continued { get; private set; }

    /// <summary>Whether the server last said how long the file is; where it did not, a connection that broke looks like the end.</summary>
    public bool LengthIsKnown { get; private set; } = true;

    /// <summary>Brings the whole file.</summary>
    /// <exception cref="TextDataException">The server refuses, or too many tries in a row bring nothing.</exception>
    public async Task FetchAsync(CancellationToken cancellationToken)
    {
        var failures = 0;
        while (true)
        {
            var before = PartLength();
            var outcome = await TryAsync(before, cancellationToken).ConfigureAwait(false);
            if (outcome.Problem is null) return;
            if (outcome.Final) throw new TextDataException(outcome.Problem, shown);
            failures = PartLength() > before ? 1 : failures + 1;
            if (failures >= options.Attempts)
                throw new TextDataException($"the download failed {failures} times in a row without getting on, last: {outcome.Problem}", shown);
            await Task.Delay(_backoff.Spread(failures, outcome.Asked), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<(string? Problem, bool Final, TimeSpan? Asked)> TryAsync(long have, CancellationToken cancellationToken)
    {
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stall.CancelAfter(options.StallTimeout);
        try
        {
            using var response = await send(have, stall.Token).ConfigureAwait(false);
            // 416: the part is as long as the file, or longer; the digest decides.
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && have > 0)
            {
                Continued = true;
                return default;
            }
            if (!response.IsSuccessStatusCode)
                return ($"the server answered {(int)response.StatusCode} {response.ReasonPhrase}", !TransientStatus.IsWorthRetrying(response.StatusCode), RetryAfter.Of(response.Headers));
            var from = response.StatusCode == HttpStatusCode.PartialContent ? response.Content.Headers.ContentRange?.From ?? 0 : 0;
            if (from > have) return ($"the server sent bytes from {from} on where {have} were asked for", true, null);
            return await ReceiveAsync(response, from, stall).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            return ($"{Reason(e)}", false, null);
        }
        catch (UriFormatException)
        {
            return ("the server redirects to an address that is not http or https", true, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ($"nothing came for {options.StallTimeout.TotalSeconds:0.###} seconds", false, null);
        }
    }

    private async Task<(string? Problem, bool Final, TimeSpan? Asked)> ReceiveAsync(
        HttpResponseMessage response, long from, CancellationTokenSource stall)
    {
        if (from > 0) Continued = true;
        var length = response.Content.Headers.ContentLength;
        LengthIsKnown = length is not null;
        if (from + length > options.MaxBytes) return (TooLong, true, null);
        await using var file = new FileStream(part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, 1);
        file.SetLength(from);
        file.Position = from;
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
            if (done + read > options.MaxBytes)
            {
                file.SetLength(0);
                return (TooLong, true, null);
            }
            await file.WriteAsync(buffer.AsMemory(0, read), stall.Token).ConfigureAwait(false);
            stall.CancelAfter(options.StallTimeout);
            var before = done;
            done += read;
            if (done >> 20 != before >> 20) progress?.Report(new TextProgress("downloading", done, from + length, "bytes"));
        }
        if (length is { } promised && done - from < promised) return ("the connection broke", false, null);
        progress?.Report(new TextProgress("downloading", done, done, "bytes"));
        return default;
    }

    private string TooLong => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"the file is longer than {options.MaxBytes / (double)(1L << 30):0.###} GB, which is the limit of a download");

    private long PartLength() => File.Exists(part) ? new FileInfo(part).Length : 0;

    // The exception's own text may repeat the address; its kind is enough.
    internal static string Reason(HttpRequestException e) => e.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "the host's name cannot be resolved",
        HttpRequestError.ConnectionError => "no connection to the host",
        HttpRequestError.SecureConnectionError => "no secure connection to the host (TLS)",
        _ => "the connection broke",
    };
}
