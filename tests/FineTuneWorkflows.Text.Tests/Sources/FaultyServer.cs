using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FineTuneWorkflows.Text.Tests.Sources;

/// <summary>An HTTP server on a local port that answers each request by the next behaviour of a list, then goes on with the last one.</summary>
internal sealed class FaultyServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Request, Response>[] _behaviours;
    private readonly Task _loop;

    public FaultyServer(params Func<Request, Response>[] behaviours)
    {
        _behaviours = behaviours;
        _listener.Start();
        _loop = Task.Run(ServeAsync);
    }

    public ConcurrentQueue<Request> Requests { get; } = new();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Address(string path = "/data/set.csv", string user = "") => $"http://{user}127.0.0.1:{Port}{path}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _listener.Stop();
        _stop.Dispose();
    }

    /// <summary>The content, from where the request's Range says.</summary>
    public static Response Serve(Request request, byte[] content)
    {
        if (request.From is not { } from) return new Response(200, content);
        return from >= content.Length ? new Response(416, [])
            : new Response(206, content[from..]) { Headers = $"Content-Range: bytes {from}-{content.Length - 1}/{content.Length}\r\n" };
    }

    private async Task ServeAsync()
    {
        var answers = new List<Task>();
        try
        {
            while (true) answers.Add(AnswerAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(answers);
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await AnswerAsync(client.GetStream());
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // The test is over, or the client hung up: both are what tests of broken connections are about.
                return;
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, false, 1024, leaveOpen: true);
        var first = await reader.ReadLineAsync(_stop.Token) ?? "";
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } line)
            headers[line[..line.IndexOf(':')]] = line[(line.IndexOf(':') + 1)..].Trim();
        var request = new Request(first, headers);
        var response = _behaviours[Math.Min(Requests.Count, _behaviours.Length - 1)](request);
        Requests.Enqueue(request);
        var head = $"HTTP/1.1 {response.Status} Answer\r\n{(response.WithoutLength ? "" : $"Content-Length: {response.Body.Length}\r\n")}Connection: close\r\n{response.Headers}\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), _stop.Token);
        await stream.WriteAsync(response.Body.AsMemory(0, response.BreakAfter ?? response.Body.Length), _stop.Token);
        await stream.FlushAsync(_stop.Token);
        if (response.Hang) await Task.Delay(Timeout.Infinite, _stop.Token);
    }

    internal sealed record Request(string Line, IReadOnlyDictionary<string, string> Headers)
    {
        public int? From => Headers.TryGetValue("Range", out var range) ? int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture) : null;
    }

    internal sealed record Response(int Status, byte[] Body)
    {
        public string Headers { get; init; } = "";

        public int? BreakAfter { get; init; }

        public bool Hang { get; init; }

        public bool WithoutLength { get; init; }
    }
}
