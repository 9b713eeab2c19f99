using System.Globalization;
using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Benchmarks.Kill;
using FineTuneWorkflows.Benchmarks.Tracking;
using FineTuneWorkflows.Tracking.Mlflow;

namespace FineTuneWorkflows.Benchmarks.TrackingKill;

/// <summary>
/// <c>tracking-kill [COUNT] [--seed N]</c>: a process that logs, records and delivers is killed COUNT times with SIGKILL and resumed each time; then <c>finetune sync</c>, and the server's history must be what the
/// journals say. The server is the one that <c>MLFLOW_TRACKING_URI</c> names, else a local listener. Exit code 1 on any difference.
/// </summary>
internal static class TrackingKillCommand
{
    private const string Server = "MLFLOW_TRACKING_URI";
    private const string Experiment = "MLFLOW_EXPERIMENT_NAME";

    // A process needs about a quarter of a second until it logs; the shortest kill comes before, the longest amid the third import.
    private const double ShortestSeconds = 0.1;
    private const double LongestSeconds = 2.5;

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (KillCommand.Parse(arguments, 50) is not var (count, seed))
        {
            Console.Error.WriteLine("error: the arguments are [COUNT] [--seed N], COUNT from 1 to 100000, N a whole number");
            return 2;
        }

        try
        {
            return await RunAsync(count, seed) ? 0 : 1;
        }
        catch (Exception e) when (e is BenchmarkException or FineTuneWorkflows.Tracking.TrackingException)
        {
            Console.Error.WriteLine("error: " + e.Message);
            return 1;
        }
    }

    private static async Task<bool> RunAsync(int count, ulong seed)
    {
        using var scratch = new ScratchFolder();
        using var listener = new MetricListener();
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Server)))
        {
            listener.Start();
            Environment.SetEnvironmentVariable(Server, listener.Uri.ToString().TrimEnd('/'));
        }

        // The processes to come inherit it. What earlier runs left on the server does not count.
        Environment.SetEnvironmentVariable(Experiment, $"tracking-kill-{Guid.NewGuid():N}");
        var server = MlflowOptions.FromEnvironment()!;
        Console.WriteLine($"seed {seed}, server {server}");
        await KillAsync(scratch.Root, count, new SeededRandom(seed));

        KilledLogging.SayEnough(scratch.Root);
        (await ProgramRun.RunAsync(Environment.ProcessPath!, ["log-until-killed", scratch.Root])).Checked("the run that was left alone");
        var sync = (await ProgramRun.RunAsync(Repository.FineTune, ["sync", "--home", KilledLogging.HomeIn(scratch.Root), "--timeout", "600"])).Checked("finetune sync");
        Console.WriteLine(sync.Output.Trim());

        var found = await ServerComparison.MakeAsync(KilledLogging.HomeIn(scratch.Root), server);
        var facts = string.Create(
            CultureInfo.InvariantCulture,
            $"{count} kills, {found.Resumptions} resumptions of {found.Runs} runs: {found.Journaled:#,0} values of metrics in the journals, {found.Served:#,0} on the server");
        Console.WriteLine(found.Differences.Count == 0 ? $"{facts}, none missing, none doubled, every run FINISHED" : $"{facts}, {found.Differences.Count} differences:\n{string.Join('\n', found.Differences)}");
        return found.Differences.Count == 0 && found.Journaled > 0;
    }

    private static async Task KillAsync(string folder, int count, SeededRandom random)
    {
        for (var kill = 1; kill <= count; kill++)
        {
            var seconds = ShortestSeconds + (random.NextDouble() * (LongestSeconds - ShortestSeconds));
            var run = await ProgramRun.RunAsync(Environment.ProcessPath!, ["log-until-killed", folder], TimeSpan.FromSeconds(seconds));
            if (run.ExitCode != KilledHome.KilledExitCode)
                throw new BenchmarkException($"the process ended with exit code {run.ExitCode} before it was killed: {run.Error}{run.Output}");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"kill {kill} of {count} after {seconds:0.00} s"));
        }
    }
}
