using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace FineTuneWorkflows.Tracking.Tests.Mlflow;

/// <summary>
/// A local HTTP listener that answers as a real MLflow 3.11 server was seen to, keeps what it is told in memory, and can be made to fail.
/// The contract tests run against it and against a real server alike, which keeps it honest.
/// </summary>
internal sealed class FakeMlflow : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly FakeRoutes _routes;
    private readonly Task _work;
    private long _requests;

    public FakeMlflow(FakeState? state = null, int port = 0)
    {
        State = state ?? new FakeState();
        _routes = new FakeRoutes(State);
        Uri = new Uri($"http://127.0.0.1:{(port == 0 ? FreePort() : port)}/");
        _listener.Prefixes.Add(Uri.ToString());
        _listener.Start();
        _work = Task.Run(Work);
    }

    public FakeState State { get; }

    public Uri Uri { get; }

    /// <summary>Says what goes wrong with the n-th request (from 0) to a path.</summary>
    public Func<long, string, Fault> Faults { get; set; } = (_, _) => Fault.None;

    /// <summary>All that was sent: method and address, then the body.</summary>
    public ConcurrentQueue<string> Sent { get; } = new();

    /// <summary>The Authorization headers seen.</summary>
    public ConcurrentQueue<string?> Authorizations { get; } = new();

    public long Requests => Interlocked.Read(ref _requests);

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _work;
    }

    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task Work()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception fault) when (fault is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            _ = Task.Run(() => Handle(context));
        }
    }

    private void Handle(HttpListenerContext context)
    {
        try
        {
            using var body = new MemoryStream();
            context.Request.InputStream.CopyTo(body);
            var path = context.Request.Url!.AbsolutePath;
            var number = Interlocked.Increment(ref _requests) - 1;
            Sent.Enqueue($"{context.Request.HttpMethod} {context.Request.RawUrl}\n{Encoding.UTF8.GetString(body.ToArray())}");
            Authorizations.Enqueue(context.Request.Headers["Authorization"]);
            Respond(context, path, body.ToArray(), Faults(number, path));
        }
        catch (Exception fault) when (fault is HttpListenerException or IOException or ObjectDisposedException)
        {
            context.Response.Abort(); // The client went away.
        }
    }

    private void Respond(HttpListenerContext context, string path, byte[] body, Fault fault)
    {
        switch (fault)
        {
            case Fault.TooMany:
                context.Response.Headers["Retry-After"] = "0";
                Write(context, 429, "slow down");
                return;
            case Fault.InternalError: Write(context, 500, """{"error_code":"INTERNAL_ERROR","message":"planted"}"""); return;
            case Fault.Unavailable: Write(context, 503, "<html>unavailable</html>"); return;
            case Fault.Unauthorized: Write(context, 401, "who are you?"); return;
            case Fault.DroppedBeforeDoing: context.Response.Abort(); return;
            default: break;
        }

        if (path.StartsWith("/store/", StringComparison.Ordinal)) context.Response.Headers["ETag"] = $"\"tag{path["/store/".Length..]}\"";
        var (status, answer) = Answer(context, path, body);
        switch (fault)
        {
            case Fault.UnavailableAfterDoing: Write(context, 502, "bad gateway"); break;
            case Fault.DroppedAfterDoing: context.Response.Abort(); break;
            case Fault.Nonsense: Write(context, 200, "<html>hello</html>"u8.ToArray()); break;
            case Fault.HalfAnswer:
                context.Response.ContentLength64 = answer.Length + 100;
                context.Response.OutputStream.Write(answer);
                context.Response.OutputStream.Flush();
                context.Response.Abort();
                break;
            default: Write(context, status, answer); break;
        }
    }

    private (int Status, byte[] Body) Answer(HttpListenerContext context, string path, byte[] body)
    {
        try
        {
            lock (State) return (200, _routes.Answer(context.Request.HttpMethod, path, context.Request.QueryString, body));
        }
        catch (FakeRefusal refusal)
        {
            var error = new JsonObject { ["error_code"] = refusal.Code, ["message"] = refusal.Message };
            return (refusal.Status, Encoding.UTF8.GetBytes(error.ToJsonString()));
        }
    }

    private static void Write(HttpListenerContext context, int status, string text) => Write(context, status, Encoding.UTF8.GetBytes(text));

    private static void Write(HttpListenerContext context, int status, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentLength64 = body.Length;
        context.Response.OutputStream.Write(body);
        context.Response.Close();
    }
}
