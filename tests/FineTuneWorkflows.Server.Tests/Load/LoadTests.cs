using System.Diagnostics;
using System.Globalization;
using FineTuneWorkflows.Server.Tests.Support;

namespace FineTuneWorkflows.Server.Tests.Load;

public class LoadTests(ITestOutputHelper output)
{
    // A few, so that the tests stay quick; benchmarks/server-load.sh sets 200.
    private static readonly int Instances = int.Parse(Environment.GetEnvironmentVariable("FINETUNE_LOAD_INSTANCES") ?? "12", CultureInfo.InvariantCulture);

    // Generous: this says that all finish and that the API goes on answering, not how fast this machine is.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [Fact]
    public Task Many_instances_at_once_all_finish_on_SQLite() => RunAsync("SQLite");

    [Fact]
    public async Task Many_instances_at_once_all_finish_on_PostgreSQL()
    {
        await using var postgreSql = await PostgreSqlServer.TryStartAsync();
        Assert.SkipWhen(postgreSql is null, "PostgreSQL's initdb and pg_ctl are not installed on this machine");
        await RunAsync("PostgreSQL", "--postgresql", postgreSql!.ConnectionString);
    }

    [Fact]
    public Task Runs_with_nothing_to_do_need_no_worker_on_SQLite() => RunAgainAsync("SQLite");

    [Fact]
    public async Task Runs_with_nothing_to_do_need_no_worker_on_PostgreSQL()
    {
        await using var postgreSql = await PostgreSqlServer.TryStartAsync();
        Assert.SkipWhen(postgreSql is null, "PostgreSQL's initdb and pg_ctl are not installed on this machine");
        await RunAgainAsync("PostgreSQL", "--postgresql", postgreSql!.ConnectionString);
    }

    // Ten stages, as a whole pipeline with its evaluations has.
    private async Task RunAgainAsync(string store, params string[] settings)
    {
        using var folder = new TestFolder();
        await using var server = await ServerProcess.StartAsync(folder, settings);
        var works = Enumerable.Range(1, 8).Select(i => ($"Work{i}", "Test.Work", (object)new { steps = i })).ToArray();
        var names = (string[])["Make", .. works.Select(w => w.Item1), "Count"];
        await server.Client.PublishAsync(TestDefinitions.Flowchart(
            "again", [("Make", "Test.Make", new { text = "again" }), .. works, ("Count", "Test.Count", new { })], [.. names.Zip(names.Skip(1), (a, b) => $"{a}>{b}")]));
        await server.Client.UntilFinishedAsync(await server.Client.DispatchAsync("again"));
        var executed = folder.Executed;
        var watch = Stopwatch.StartNew();

        var ids = await Task.WhenAll(Enumerable.Range(0, Instances).Select(_ => server.Client.DispatchAsync("again")));
        while ((await server.Client.GetAsync("/elsa/api/workflow-instances?definitionId=again&status=Finished&page=0&pageSize=1"))["totalCount"]!.GetValue<int>() <= Instances && watch.Elapsed < Limit)
            await Task.Delay(100);

        var stages = Instances * names.Length;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{store}: {Instances} runs of {names.Length} up-to-date stages in {watch.Elapsed.TotalSeconds:F1} s, {stages / watch.Elapsed.TotalSeconds:F0} stages/s; peak memory {server.PeakMemory / 1048576} MiB"));
        var statuses = await Task.WhenAll(ids.Select(server.Client.StatusAsync));
        Assert.Equal(names, executed.Select(l => l.Split(' ')[0]));
        Assert.Equal(executed, folder.Executed);
        Assert.All(statuses, s =>
        {
            Assert.Equal("Finished", s!["subStatus"]!.GetValue<string>());
            Assert.Equal(names.Select(n => $"{n}:up-to-date"), s.Outcomes().Split(' '));
            // No worker ever had them.
            Assert.All(s["stages"]!.AsArray(), j => Assert.Equal(0, j!["attempts"]!.GetValue<int>()));
        });
        var summary = System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder.Home, "runs", statuses[0]!["runId"]!.GetValue<string>(), "summary.json")))!;
        Assert.Equal(names.Length, summary["stages"]!.AsArray().Count);
    }

    private async Task RunAsync(string store, params string[] settings)
    {
        using var folder = new TestFolder();
        await using var server = await ServerProcess.StartAsync(folder, [.. settings, "--cpu-jobs", "4", "--short-jobs", "4"]);
        await server.Client.PublishAsync(TestDefinitions.Flowchart(
            "load", [("Make", "Test.Make", new { text = "load" }), ("Count", "Test.Count", new { })], ["Make>Count"]));
        var watch = Stopwatch.StartNew();

        var ids = await Task.WhenAll(Enumerable.Range(0, Instances).Select(_ => server.Client.DispatchAsync("load")));
        var slowest = TimeSpan.Zero;
        var finished = 0;
        while (finished < Instances && watch.Elapsed < Limit)
        {
            var ask = Stopwatch.StartNew();
            finished = (await server.Client.GetAsync("/elsa/api/workflow-instances?definitionId=load&status=Finished&page=0&pageSize=1"))["totalCount"]!.GetValue<int>();
            slowest = ask.Elapsed > slowest ? ask.Elapsed : slowest;
            await Task.Delay(200);
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{store}: {Instances} instances in {watch.Elapsed.TotalSeconds:F1} s, {Instances / watch.Elapsed.TotalSeconds:F1}/s; peak memory {server.PeakMemory / 1048576} MiB; slowest API answer {slowest.TotalMilliseconds:F0} ms"));
        Assert.Equal(Instances, finished);
        var statuses = await Task.WhenAll(ids.Select(server.Client.StatusAsync));
        Assert.All(statuses, s => Assert.Equal("Finished", s!["subStatus"]!.GetValue<string>()));
    }
}
