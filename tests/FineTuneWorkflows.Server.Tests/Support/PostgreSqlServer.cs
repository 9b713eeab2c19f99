using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace FineTuneWorkflows.Server.Tests.Support;

/// <summary>A PostgreSQL of a test's own, if the machine has one installed. It refuses to run as root, so there it runs as <c>nobody</c>.</summary>
internal sealed class PostgreSqlServer : IAsyncDisposable
{
    private static readonly string? Programs = FindPrograms();

    private readonly string folder;
    private readonly int port;

    private PostgreSqlServer(string folder, int port)
    {
        this.folder = folder;
        this.port = port;
    }

    public string ConnectionString => $"Host=127.0.0.1;Port={port};Username=finetune;Database=postgres;Maximum Pool Size=40";

    public static async Task<PostgreSqlServer?> TryStartAsync()
    {
        if (Programs is null)
            return null;
        var folder = Directory.CreateTempSubdirectory("finetune-pg-").FullName;
        if (Environment.UserName == "root")
            await RunAsync("chown", ["nobody", folder]);
        var port = FreePort();
        var server = new PostgreSqlServer(folder, port);
        await server.AsUserAsync("initdb", "-D", $"{folder}/data", "-U", "finetune", "--auth=trust", "--no-sync");
        await server.AsUserAsync("pg_ctl", "-D", $"{folder}/data", "-l", $"{folder}/log", "-w", "-o", $"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off", "start");
        await using var source = NpgsqlDataSource.Create(server.ConnectionString);
        await using var command = source.CreateCommand("SELECT 1");
        await command.ExecuteScalarAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await AsUserAsync("pg_ctl", "-D", $"{folder}/data", "-m", "immediate", "stop");
        Directory.Delete(folder, recursive: true);
    }

    private static string? FindPrograms()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Concat(Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")) : []);
        return folders.FirstOrDefault(f => File.Exists(Path.Combine(f, "initdb")) && File.Exists(Path.Combine(f, "pg_ctl")));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private Task AsUserAsync(string program, params string[] args) =>
        Environment.UserName == "root"
            ? RunAsync("setpriv", ["--reuid=nobody", "--regid=nogroup", "--clear-groups", Path.Combine(Programs!, program), .. args], folder)
            : RunAsync(Path.Combine(Programs!, program), args, folder);

    // pg_ctl's server inherits the pipes and would keep them open: only the exit is waited for, and what it says goes nowhere.
    private static async Task RunAsync(string program, string[] args, string folder = "/")
    {
        var quoted = string.Join(' ', args.Prepend(program).Select(a => $"'{a}'"));
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"exec {quoted} >/dev/null 2>&1 </dev/null"]) { WorkingDirectory = folder })!;
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}");
    }
}
