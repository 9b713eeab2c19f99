using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace FineTuneWorkflows.Stages.Tests.Support;

/// <summary>A web server on this machine that has one file.</summary>
public sealed class OneFileServer : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly byte[] content;
    private readonly Task serving;

    public OneFileServer(string text)
    {
        content = Encoding.UTF8.GetBytes(text);
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/data.jsonl";
        }

        listener.Prefixes.Add(Address[..(Address.LastIndexOf('/') + 1)]);
        listener.Start();
        serving = ServeAsync();
    }

    public string Address { get; }

    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(content));

    public long Length => content.Length;

    public string? LastAuthorization { get; private set; }

    /// <summary>What it waits for before it answers. Default: nothing.</summary>
    public Task Until { get; set; } = Task.CompletedTask;

    public void Dispose()
    {
        listener.Stop();
        serving.Wait();
        listener.Close();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return; // Stopped by Dispose.
            }

            LastAuthorization = context.Request.Headers["Authorization"];
            await Until;
            context.Response.ContentLength64 = content.Length;
            await context.Response.OutputStream.WriteAsync(content);
            context.Response.Close();
        }
    }
}
