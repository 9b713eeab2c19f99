using System.Globalization;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Pipelines.Tests.Support;

namespace FineTuneWorkflows.Pipelines.Tests.Execution;

public sealed class HomeCleanerTests : IDisposable
{
    private readonly EngineFixture fixture = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cleaning_removes_what_the_last_runs_did_not_use_and_keeps_what_is_pinned()
    {
        var old = await RunAsync();
        var recent = await RunAsync(count: new { start = 5 });
        using (var engine = Engine.Open(fixture.Home, fixture.Probe))
        {
            var pinned = old.Of("Report").Artifacts["report"].Digest;
            var dry = engine.Cleaner.Clean(1, TimeSpan.FromDays(7), new HashSet<string> { pinned }, dryRun: true);
            Assert.Equal(dry, engine.Cleaner.Clean(1, TimeSpan.FromDays(7), new HashSet<string> { pinned }, dryRun: false));
            Assert.Equal((0, 0), (engine.Cleaner.Clean(1, TimeSpan.FromDays(7), new HashSet<string> { pinned }, dryRun: false).Artifacts, dry.WorkFolders));
            Assert.NotNull(engine.Artifacts.Find(pinned, out _));
            Assert.Null(engine.Artifacts.Find(old.Of("Count").Artifacts["count"].Digest, out _));
        }

        Assert.Equal("Read:up-to-date Shout:up-to-date Count:up-to-date Report:up-to-date", (await RunAsync(count: new { start = 5 })).Outcomes());
        Assert.NotNull(recent);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"runId\":")]
    public async Task What_a_run_with_a_damaged_summary_used_is_known_from_its_journal(string summary)
    {
        var run = await RunAsync();
        await File.WriteAllTextAsync(Path.Combine(fixture.Home.Runs, run.RunId, RunSummary.FileName), summary, Token);
        await File.AppendAllTextAsync(RunJournal.PathOf(fixture.Home, run.RunId), "damaged\n", Token);
        using var engine = Engine.Open(fixture.Home, fixture.Probe);
        Assert.Equal(0, engine.Cleaner.Clean(1, TimeSpan.FromDays(7), new HashSet<string>(), dryRun: false).Artifacts);
        Assert.Equal(4, engine.Cleaner.Clean(0, TimeSpan.FromDays(7), new HashSet<string>(), dryRun: false).Artifacts);
    }

    [Fact]
    public async Task Nothing_is_cleaned_while_a_run_goes_on()
    {
        HomeException? refused = null;
        fixture.Probe.Before = (context, _) =>
        {
            if (context.StageId == "Count")
            {
                using var other = Engine.Open(fixture.Home, fixture.Probe);
                refused = Assert.Throws<HomeException>(() => other.Cleaner.Clean(0, TimeSpan.Zero, new HashSet<string>(), dryRun: false));
            }

            return Task.CompletedTask;
        };
        Assert.Equal(RunStatus.Succeeded, (await RunAsync()).Status);
        Assert.StartsWith("a run is going on", refused!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_bears_another_name_than_a_home_gives_is_never_removed()
    {
        await RunAsync();
        var root = fixture.Home.Root;
        string[] foreign = ["work/notes/plan.txt", $"work/{new string('A', 64)}/upper.txt", "stages/mine.json", $"objects/{new string('x', 64)}/deep.txt", "objects/ab/mine/deep.txt", "locks/my-own.lock", "locks/gpu.lock"];
        foreach (var file in foreign)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, file))!);
            await File.WriteAllTextAsync(Path.Combine(root, file), "mine", Token);
        }

        Directory.CreateDirectory(Path.Combine(root, "work", new string('b', 64)));
        using var engine = Engine.Open(fixture.Home, fixture.Probe);
        var report = engine.Cleaner.Clean(0, TimeSpan.Zero, new HashSet<string>(), dryRun: false);
        Assert.Equal((4, 4, 1), (report.Artifacts, report.Records, report.WorkFolders));
        Assert.All(foreign, file => Assert.True(File.Exists(Path.Combine(root, file)), file));
        Assert.Empty(engine.Artifacts.Digests());
    }

    [Fact]
    public async Task Nothing_is_cleaned_in_a_folder_that_has_lost_its_marker()
    {
        await RunAsync();
        using var engine = Engine.Open(fixture.Home, fixture.Probe);
        File.Delete(Path.Combine(engine.Home.Root, "home.json"));
        var error = Assert.Throws<HomeException>(() => engine.Cleaner.Clean(0, TimeSpan.Zero, new HashSet<string>(), dryRun: false));
        Assert.Equal($"the folder {engine.Home.Root} is not marked as a home; nothing was removed", error.Message);
        Assert.NotEmpty(engine.Artifacts.Digests());
    }

    public void Dispose() => fixture.Dispose();

    private Pipeline Chain(object? shout = null, object? count = null) => TestPipelines.Build(TestPipelines.Chain(fixture.Source, shout, count));

    private Task<RunResult> RunAsync(object? shout = null, object? count = null) => fixture.RunAsync(Chain(shout, count), cancellationToken: Token);
}
