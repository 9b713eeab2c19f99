using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Pipelines.Tests.Support;

namespace FineTuneWorkflows.Pipelines.Tests.Execution;

/// <summary>Inputs that come from another machine: asked for while planning, brought while the stage runs.</summary>
public sealed class RemoteInputTests : IDisposable
{
    private readonly EngineFixture fixture = new();
    private readonly TestRemote remote;

    public RemoteInputTests() => remote = new(fixture.Folder);

    [Fact]
    public async Task Planning_downloads_nothing_and_says_what_a_run_would_download()
    {
        var planned = await fixture.PlanAsync(Chain());
        Assert.Equal(["Execute not built before", "Depends `dataset` will be rebuilt by First"], planned.Select(p => $"{p.Action} {p.Reason}"));
        Assert.All(planned, p => Assert.Equal(new RemoteDownload($"{remote.Reference}@one", 1_500_000), Assert.Single(p.Downloads)));
        Assert.Equal(1, remote.Pins);
        Assert.Empty(remote.Fetched);

        await fixture.RunAsync(Chain());
        Assert.All(await fixture.PlanAsync(Chain()), p => Assert.Equal((PlannedAction.Reuse, 0), (p.Action, p.Downloads.Count)));
    }

    [Fact]
    public async Task A_name_that_means_nothing_fails_the_plan_and_the_run_with_what_is_wrong()
    {
        remote.Problem = "parameter Branch: there is no such branch";
        Assert.Equal(["Fail parameter Branch: there is no such branch; set -p First.Branch=...", "Skip First would fail"], (await fixture.PlanAsync(Chain())).Select(p => $"{p.Action} {p.Reason}"));
        var result = await fixture.RunAsync(Chain());
        Assert.Equal((StageOutcome.Failed, "parameter Branch: there is no such branch; set -p First.Branch=..."), (result.Of("First").Outcome, result.Of("First").Reason));
    }

    [Fact]
    public async Task The_files_are_brought_in_the_stage_s_own_run_with_a_note_and_progress()
    {
        var result = await fixture.RunAsync(Chain());
        Assert.Equal("First:executed Second:executed", result.Outcomes());
        Assert.Equal($"one{remote.Reference}@one", File.ReadAllText(result.Of("First").Artifacts["dataset"].File("text.txt")));
        var events = RunJournal.Read(RunJournal.PathOf(fixture.Home, result.RunId)).Select(e => e.Event).ToList();
        Assert.True(events.FindIndex(e => e is StageStarted { StageId: "First" }) < events.FindIndex(e => e is StageNoted));
        Assert.Equal($"downloading {remote.Reference}@one, 1.5 MB", Assert.Single(events.OfType<StageNoted>()).Message);
    }

    [Fact]
    public async Task What_the_name_meant_is_kept_as_a_tag_and_in_the_stage_s_record()
    {
        var result = await fixture.RunAsync(Chain());
        Assert.Equal($"{remote.Reference}@one", result.Of("First").Tags["input/Branch"]);
        using var engine = Engine.Open(fixture.Home, fixture.Probe);
        var record = engine.Records.Find(result.Of("First").Fingerprint!)!;
        Assert.Equal(($"{remote.Reference}@one", $"{remote.Reference}@one"), (record.Document.Files["Branch"], record.Tags["input/Branch"]));
    }

    [Fact]
    public async Task A_moved_branch_runs_the_stage_again_and_says_from_where_to_where()
    {
        await fixture.RunAsync(Chain());
        remote.Meaning = "two";
        Assert.Equal($"Branch moved {remote.Reference}@one -> {remote.Reference}@two", (await fixture.PlanAsync(Chain()))[0].Reason);
        var result = await fixture.RunAsync(Chain());
        Assert.Equal($"Branch moved {remote.Reference}@one -> {remote.Reference}@two", result.Of("First").Reason);
        Assert.StartsWith("two", File.ReadAllText(result.Of("First").Artifacts["dataset"].File("text.txt")), StringComparison.Ordinal);
        remote.Meaning = "one";
        Assert.Equal("First:up-to-date Second:up-to-date", (await fixture.RunAsync(Chain())).Outcomes());
    }

    [Fact]
    public async Task A_branch_that_moves_during_a_run_means_the_same_to_all_its_stages()
    {
        fixture.Probe.Before = (context, _) =>
        {
            remote.Meaning = "two";
            return Task.CompletedTask;
        };
        var result = await fixture.RunAsync(Chain());
        Assert.Equal($"{remote.Reference}@one", File.ReadAllText(result.Of("Second").Artifacts["count"].File("count.txt")));
        Assert.Equal("First:executed Second:executed", (await fixture.RunAsync(Chain())).Outcomes());
    }

    [Fact]
    public async Task A_run_that_goes_on_has_what_it_began_with_unless_everything_is_forced()
    {
        fixture.Probe.Before = (context, _) => context.StageId == "Second" ? throw new StageException("broken") : Task.CompletedTask;
        var first = await fixture.RunAsync(Chain());
        remote.Meaning = "two";
        Assert.Equal(PlannedAction.Reuse, (await fixture.PlanAsync(Chain()))[0].Action);
        Assert.Equal($"{remote.Reference}@two", (await fixture.PlanAsync(Chain(), new() { ForceAll = true }))[0].Downloads[0].Pinned);

        var again = await fixture.RunAsync(Chain());
        Assert.Equal((first.RunId, "First:up-to-date Second:failed"), (again.RunId, again.Outcomes()));

        fixture.Probe.Before = (_, _) => Task.CompletedTask;
        var forced = await fixture.RunAsync(Chain(), new() { ForceAll = true });
        Assert.Equal((first.RunId, $"{remote.Reference}@two"), (forced.RunId, File.ReadAllText(forced.Of("Second").Artifacts["count"].File("count.txt"))));
    }

    [Fact]
    public async Task Runs_that_are_parts_of_one_run_share_what_it_means()
    {
        await fixture.RunAsync(Chain(), new() { Parent = "20260101-000000000-aaaa" });
        remote.Meaning = "two";
        Assert.Equal("First:up-to-date Second:up-to-date", (await fixture.RunAsync(Chain(), new() { Parent = "20260101-000000000-aaaa" })).Outcomes());
        Assert.Equal("First:executed Second:executed", (await fixture.RunAsync(Chain(), new() { Parent = "20260101-000000001-bbbb" })).Outcomes());
    }

    [Fact]
    public async Task A_cancelled_download_cancels_the_run_and_the_next_one_brings_the_same()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        remote.WhileFetching = cancel.CancelAsync;
        Assert.Equal(StageOutcome.Cancelled, (await fixture.RunAsync(Chain(), cancellationToken: cancel.Token)).Of("First").Outcome);
        remote.WhileFetching = () => Task.CompletedTask;
        remote.Meaning = "two";
        Assert.Equal(RunStatus.Succeeded, (await fixture.RunAsync(Chain())).Status);
        Assert.All(remote.Fetched, f => Assert.EndsWith("@one", f, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_download_that_breaks_is_tried_again_as_often_as_the_stage_is()
    {
        var tries = 0;
        remote.WhileFetching = () => tries++ == 0 ? throw new StageException("the connection broke") : Task.CompletedTask;
        Assert.Equal("First:executed Second:executed", (await fixture.RunAsync(Chain(retries: 1))).Outcomes());
    }

    public void Dispose() => fixture.Dispose();

    private Pipeline Chain(int retries = 0) => TestPipelines.Build(TestPipelines.Json(
        [("First", "Test.Download", new { branch = remote.Reference, retries, retryDelay = "00:00:00" }), ("Second", "Test.DownloadMore", new { branch = remote.Reference })], ["First>Second"]));
}
