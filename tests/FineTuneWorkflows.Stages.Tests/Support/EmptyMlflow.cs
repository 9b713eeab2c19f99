using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FineTuneWorkflows.Stages.Tests.Support;

/// <summary>An MLflow server on this machine that takes everything and knows one experiment, 7, and one run, abc.</summary>
public sealed class EmptyMlflow : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly Task serving;

    public EmptyMlflow()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Address = new($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
        }

        listener.Prefixes.Add(Address.AbsoluteUri);
        listener.Start();
        serving = ServeAsync();
    }

    public Uri Address { get; }

    public void Dispose()
    {
        listener.Stop();
        serving.Wait();
        listener.Close();
    }

    private static string Answer(string path) => path.Split('/')[^1] switch
    {
        "get-by-name" => """{"experiment":{"experiment_id":"7","name":"Default","lifecycle_stage":"active"}}""",
        "search" => """{"runs":[]}""",
        "create" or "get" or "update" => """{"run":{"info":{"run_id":"abc","experiment_id":"7","artifact_uri":"mlflow-artifacts:/7/abc/artifacts","lifecycle_stage":"active","status":"RUNNING"},"data":{}},"run_info":{"run_id":"abc","experiment_id":"7","artifact_uri":"mlflow-artifacts:/7/abc/artifacts","lifecycle_stage":"active","status":"FINISHED"}}""",
        _ => "{}",
    };

    private async Task ServeAsync()
    {
        while (listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return; // It was stopped.
            }

            context.Response.ContentType = "application/json";
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(Answer(context.Request.Url!.AbsolutePath)));
            context.Response.Close();
        }
    }
}
