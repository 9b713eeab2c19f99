using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace FineTuneWorkflows.Server.Tests.Support;

/// <summary>A server in a process of its own, on a free port of this machine, over a folder of the test's.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    public const string ApiKey = "test-api-key-0123456789";
    public const string Password = "test-password-0123456789";
    public const string WebhookSecret = "test-webhook-secret";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);

    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly TaskCompletionSource<string> address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, e) => Read(e.Data);
        process.ErrorDataReceived += (_, e) => Read(e.Data);
        process.Exited += (_, _) => address.TrySetException(new InvalidOperationException($"the server ended before it listened:\n{Output}"));
    }

    public ServerClient Client { get; private set; } = null!;

    public string Output
    {
        get
        {
            lock (output)
                return output.ToString();
        }
    }

    public long PeakMemory
    {
        get
        {
            process.Refresh();
            return process.PeakWorkingSet64;
        }
    }

    /// <summary>Starts the test stages' server.</summary>
    public static Task<ServerProcess> StartAsync(TestFolder folder, params string[] settings) =>
        StartAsync(typeof(ServerProcess).Assembly.Location, ["serve", .. settings], folder, setsSecrets: true);

    /// <summary>Starts any server program.</summary>
    public static async Task<ServerProcess> StartAsync(string program, string[] args, TestFolder folder, bool setsSecrets, Dictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder.Path };
        foreach (var argument in (string[])["exec", program, .. args, "--urls", "http://127.0.0.1:0", .. Places(environment, folder)])
            start.ArgumentList.Add(argument);
        start.Environment["FINETUNE_TEST_LOG"] = folder.Log;
        // Tests put their data beside the workflows folder, the real stages' is the repository's.
        start.Environment["FINETUNE_ALLOWED_SOURCES"] = $"{folder.Path},{Repository.File("data")}";
        foreach (var (name, value) in environment ?? [])
            start.Environment[name] = value;
        // These processes live for seconds: less time for the just-in-time compiler.
        start.Environment["DOTNET_TieredPGO"] = "0";
        if (setsSecrets)
        {
            start.Environment["FINETUNE_ADMIN_PASSWORD"] = Password;
            start.Environment["FINETUNE_API_KEY"] = ApiKey;
            start.Environment["FINETUNE_WEBHOOK_SECRET"] = WebhookSecret;
        }

        var server = new ServerProcess(new Process { StartInfo = start, EnableRaisingEvents = true });
        server.process.Start();
        server.process.BeginOutputReadLine();
        server.process.BeginErrorReadLine();
        try
        {
            server.Client = new(new Uri(await server.address.Task.WaitAsync(StartLimit)));
            await server.Client.UntilReadyAsync();
            return server;
        }
        catch (Exception e)
        {
            var told = server.Output is { Length: > 6000 } output ? output[..6000] : server.Output;
            await server.DisposeAsync();
            throw new InvalidOperationException($"the server did not start: {e.Message}\n{told}", e);
        }
    }

    /// <summary>As <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
    }

    /// <summary>As a service manager does.</summary>
    public async Task StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await KillAsync();
        process.Dispose();
        Client?.Dispose();
    }

    // Options come before the environment, so they are left out where a test says it there.
    private static string[] Places(Dictionary<string, string>? environment, TestFolder folder) =>
        environment?.ContainsKey("FINETUNE_HOME") == true ? [] : ["--home", folder.Home, "--workflows", folder.Workflows];

    private void Read(string? line)
    {
        if (line is null)
            return;
        lock (output)
            output.AppendLine(line);
        if (Listening().Match(line) is { Success: true } match)
            address.TrySetResult(match.Groups["url"].Value);
    }

    [GeneratedRegex(@"Now listening on: (?<url>http://\S+)")]
    private static partial Regex Listening();
}
