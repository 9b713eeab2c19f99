using System.Globalization;
using FineTuneWorkflows.Pipelines.Contract;
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

    public void Dispose() => fixture.Dispose();

    private Pipeline Chain(object? shout = null, object? count = null) => TestPipelines.Build(TestPipelines.Chain(fixture.Source, shout, count));

    private Task<RunResult> RunAsync(object? shout = null, object? count = null) => fixture.RunAsync(Chain(shout, count), cancellationToken: Token);
}
