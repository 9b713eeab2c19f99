using System.Collections.Concurrent;
using System.Net;
using System.Text;
using FineTuneWorkflows.Server.Tests.Support;
using FineTuneWorkflows.Tracking.Tests.Mlflow;

namespace FineTuneWorkflows.Server.Tests.RealStages;

/// <summary>The product's own server with the shipped workflows, an MLflow stand-in and a collector of OpenTelemetry beside it.</summary>
public sealed class RealServer : IAsyncLifetime
{
    private readonly HttpListener collector = new();
    private readonly ConcurrentQueue<(string Path, string Body)> telemetry = new();
    private FakeMlflow? mlflow;
    private ServerProcess? server;
    private Task collecting = Task.CompletedTask;

    public TestFolder Folder { get; } = new();

    internal ServerProcess Server => server!;

    internal ServerClient Client => server!.Client;

    internal FakeMlflow Mlflow => mlflow!;

    /// <summary>What the collector was sent: path and body, whose texts are readable in between.</summary>
    internal IReadOnlyCollection<(string Path, string Body)> Telemetry => telemetry;

    public async ValueTask InitializeAsync()
    {
        mlflow = new();
        var port = FakeMlflow.FreePort();
        collector.Prefixes.Add($"http://127.0.0.1:{port}/");
        collector.Start();
        collecting = Task.Run(CollectAsync);
        foreach (var file in (string[])["sentiment.json", "nightly.json", "on-new-data.json"])
            RealWorkflow.Write(Folder, rows: 200, file);
        server = await ServerProcess.StartAsync(
            Repository.ServerProgram,
            [
                "--MLFLOW_TRACKING_URI", mlflow.Uri.ToString(), "--OTEL_EXPORTER_OTLP_ENDPOINT", $"http://127.0.0.1:{port}", "--OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf",
                "--OTEL_BSP_SCHEDULE_DELAY", "500",
            ],
            Folder, setsSecrets: true);
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
        collector.Close();
        await collecting;
        if (mlflow is not null)
            await mlflow.DisposeAsync();
        Folder.Dispose();
    }

    private async Task CollectAsync()
    {
        while (collector.IsListening)
        {
            try
            {
                var context = await collector.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream, Encoding.Latin1);
                telemetry.Enqueue((context.Request.Url!.AbsolutePath, await reader.ReadToEndAsync()));
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
