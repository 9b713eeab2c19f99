using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FineTuneWorkflows.Foundation.Retries;

namespace FineTuneWorkflows.Tracking.Mlflow.Transport;

/// <summary>Sends requests, repeats what is safe to repeat, and turns every fault into an <see cref="MlflowException"/>.</summary>
internal sealed class MlflowTransport(HttpClient http, MlflowOptions options, TimeProvider clock) : IDisposable
{
    private readonly AuthenticationHeaderValue? _authorization = HttpClients.Authorization(options);
    private readonly Backoff _backoff = new(options.RetryDelay, TimeSpan.FromMinutes(1));

    internal MlflowOptions Options => options;

    internal const string Api = "api/2.0/mlflow/";

    private const double SlowestBytesPerSecond = 50_000;

    /// <summary>Asks with parameters in the address.</summary>
    internal Task<TAnswer> Get<TAnswer>(
        string path, IEnumerable<(string Name, string? Value)> query, JsonTypeInfo<TAnswer> answer, CancellationToken cancellation)
    {
        var parts = query.Where(pair => pair.Value is not null).Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value!)}");
        return Json(HttpMethod.Get, $"{path}?{string.Join('&', parts)}", static () => null, repeatable: true, answer, cancellation);
    }

    /// <summary>Sends JSON and reads JSON. <paramref name="repeatable"/> says that doing it twice is the same as doing it once.</summary>
    internal Task<TAnswer> Send<TBody, TAnswer>(
        HttpMethod method, string path, TBody body, JsonTypeInfo<TBody> type, JsonTypeInfo<TAnswer> answer, bool repeatable,
        CancellationToken cancellation)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, type);
        return Json(method, path, () => JsonContent(bytes), repeatable, answer, cancellation);
    }

    /// <summary>Posts JSON that is written out already.</summary>
    internal Task Post(string path, ReadOnlyMemory<byte> json, CancellationToken cancellation) =>
        Json(HttpMethod.Post, path, () => JsonContent(json), repeatable: true, MlflowJson.Default.Empty, cancellation);

    /// <summary>
    /// Sends any content, made anew for each attempt, and hands the answer to <paramref name="read"/>. The time allowed grows with the bytes
    /// sent; reading the answer is not limited here.
    /// </summary>
    internal Task<T> Stream<T>(
        HttpMethod method, string path, Func<HttpContent?> content, Func<HttpResponseMessage, CancellationToken, Task<T>> read,
        CancellationToken cancellation,
        long bytesSent = 0) =>
        Repeat(
            method, path, content, repeatable: true, options.Timeout + TimeSpan.FromSeconds(bytesSent / SlowestBytesPerSecond), read, cancellation,
            limitAnswer: false);

    public void Dispose() => http.Dispose();

    private static ReadOnlyMemoryContent JsonContent(ReadOnlyMemory<byte> json) =>
        new(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    private Task<TAnswer> Json<TAnswer>(
        HttpMethod method, string path, Func<HttpContent?> content, bool repeatable, JsonTypeInfo<TAnswer> type, CancellationToken cancellation) =>
        Repeat(
            method, path, content, repeatable, options.Timeout,
            (response, token) => Read(response, type, token),
            cancellation);

    /// <summary>An answer counts only when it is whole and JSON: a proxy's log-in page also comes with status 200.</summary>
    internal static async Task<TAnswer> Read<TAnswer>(HttpResponseMessage response, JsonTypeInfo<TAnswer> type, CancellationToken cancellation)
    {
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
        return JsonSerializer.Deserialize(bytes, type) ?? throw new JsonException("null");
    }

    private async Task<T> Repeat<T>(
        HttpMethod method, string path, Func<HttpContent?> content, bool repeatable, TimeSpan timeout,
        Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellation, bool limitAnswer = true)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await Once(method, path, content, timeout, read, limitAnswer, cancellation).ConfigureAwait(false);
            }
            catch (MlflowException fault) when (fault.IsTransient && attempt <= options.Retries && (repeatable || !fault.MayHaveHappened)
                && (options.RepeatUnreached || !fault.Unreached))
            {
                await Task.Delay(_backoff.Spread(attempt, fault.RetryAfter), clock, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task<T> Once<T>(
        HttpMethod method, string path, Func<HttpContent?> content, TimeSpan timeout,
        Func<HttpResponseMessage, CancellationToken, Task<T>> read, bool limitAnswer, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        var endpoint = $"{method} {path.Split('?')[0]}";
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = content() };
            if (!request.RequestUri!.IsAbsoluteUri) request.Headers.Authorization = _authorization;
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode) throw await Refusal(endpoint, response, limit.Token).ConfigureAwait(false);
            if (!limitAnswer) limit.CancelAfter(Timeout.InfiniteTimeSpan);
            return await read(response, limit.Token).ConfigureAwait(false);
        }
        catch (HttpRequestException fault)
        {
            var connected = fault.HttpRequestError is not (
                HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError);
            throw new MlflowException(
                $"{endpoint}: the server {options} cannot be reached: {fault.Message}", isTransient: true,
                innerException: fault) { MayHaveHappened = connected, Unreached = !connected };
        }
        catch (OperationCanceledException fault) when (!cancellation.IsCancellationRequested)
        {
            throw new MlflowException(
                $"{endpoint}: the server {options} did not answer in time ({options.Timeout.TotalSeconds} s).", isTransient: true,
                innerException: fault) { MayHaveHappened = true };
        }
        catch (Exception fault) when (fault is JsonException or HttpIOException or EndOfStreamException)
        {
            throw new MlflowException(
                $"{endpoint}: the server {options} gave half an answer or nonsense: {fault.Message}", isTransient: true,
                innerException: fault) { MayHaveHappened = true };
        }
    }

    private static async Task<MlflowException> Refusal(string endpoint, HttpResponseMessage response, CancellationToken cancellation)
    {
        var text = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
        var (code, message) = ErrorBody.Read(text);
        var status = (int)response.StatusCode;
        var transient = TransientStatus.IsWorthRetrying(response.StatusCode) || code == "TEMPORARILY_UNAVAILABLE";
        return new MlflowException(
            $"{endpoint}: {message ?? Advice(response)} ({status}{(code is null ? "" : $", {code}")})", code, response.StatusCode, transient)
        {
            // A refusal because of the rate, or by a proxy that could not reach the server, comes before anything was done.
            MayHaveHappened = status is 408 or 500 or 502 or 504,
            RetryAfter = RetryAfter.Of(response.Headers),
        };
    }

    private static string Advice(HttpResponseMessage response) => response.StatusCode switch
    {
        HttpStatusCode.Unauthorized =>
            "the server wants a user and password, or a token: set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN",
        HttpStatusCode.Forbidden =>
            "the server forbids it: the user may lack the permission, or the server's --allowed-hosts lacks the name in MLFLOW_TRACKING_URI",
        HttpStatusCode.NotFound => "there is no such address: MLFLOW_TRACKING_URI may point to something else than an MLflow server, or an old one",
        _ => response.ReasonPhrase ?? "refused",
    };
}
