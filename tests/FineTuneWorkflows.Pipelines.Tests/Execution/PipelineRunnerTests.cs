using System.Globalization;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Pipelines.Tests.Support;

namespace FineTuneWorkflows.Pipelines.Tests.Execution;

public sealed class PipelineRunnerTests : IDisposable
{
    private readonly EngineFixture fixture = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_first_run_executes_every_stage_in_order()
    {
        var result = await RunAsync();
        Assert.Equal("Read:executed Shout:executed Count:executed Report:executed", result.Outcomes());
        Assert.Equal((RunStatus.Succeeded, 7.0), (result.Status, result.Metrics()["letters"]));
        Assert.Equal("7", await File.ReadAllTextAsync(result.Of("Report").Artifacts["report"].File("report.txt"), Token));
        Assert.All(result.Stages, s => Assert.Equal("not built before", s.Result.Reason));
    }

    [Fact]
    public async Task A_second_run_executes_nothing_and_keeps_metrics_and_tags()
    {
        var first = await RunAsync();
        var second = await RunAsync();
        Assert.Equal("Read:up-to-date Shout:up-to-date Count:up-to-date Report:up-to-date", second.Outcomes());
        Assert.Empty(fixture.Probe.Executed);
        Assert.NotEqual(first.RunId, second.RunId);
        Assert.Equal((first.RunId, 7.0, "yes"), (second.Of("Count").MadeByRun, second.Metrics()["letters"], second.Tags()["counted"]));
    }

    [Fact]
    public async Task A_changed_parameter_reruns_its_stage_and_those_below_and_says_why()
    {
        await RunAsync();
        var result = await RunAsync(count: new { start = 5 });
        Assert.Equal("Read:up-to-date Shout:up-to-date Count:executed Report:executed", result.Outcomes());
        Assert.Equal(("Start changed 1 -> 5", "`count` changed"), (result.Of("Count").Reason, result.Of("Report").Reason));
    }

    [Fact]
    public async Task Going_back_to_an_earlier_parameter_runs_nothing()
    {
        await RunAsync();
        await RunAsync(count: new { start = 5 });
        Assert.Equal("Read:up-to-date Shout:up-to-date Count:up-to-date Report:up-to-date", (await RunAsync()).Outcomes());
    }

    [Fact]
    public async Task A_stage_whose_inputs_come_out_unchanged_is_up_to_date()
    {
        await RunAsync(shout: new { mark = "!" });
        await File.WriteAllTextAsync(fixture.Source, "HELLO", Token);
        var result = await RunAsync(shout: new { mark = "!" });
        Assert.Equal("Read:executed Shout:executed Count:up-to-date Report:up-to-date", result.Outcomes());
        Assert.Equal(("the content of Source changed", "`dataset` changed"), (result.Of("Read").Reason, result.Of("Shout").Reason));
    }

    [Fact]
    public async Task A_file_that_moved_reruns_nothing()
    {
        await RunAsync();
        var moved = fixture.WriteFile("elsewhere/text.txt", "hello");
        Assert.Equal("Read:up-to-date Shout:up-to-date Count:up-to-date Report:up-to-date", (await fixture.RunAsync(TestPipelines.Build(TestPipelines.Chain(moved)))).Outcomes());
    }

    [Fact]
    public async Task A_parameter_that_cannot_change_the_result_reruns_nothing()
    {
        await RunAsync();
        Assert.Equal("Read:up-to-date Shout:up-to-date Count:up-to-date Report:up-to-date", (await RunAsync(count: new { threads = 8, timeout = "01:00:00", token = "${env:NOT_SET}" })).Outcomes());
    }

    [Fact]
    public async Task Forcing_one_stage_executes_that_one()
    {
        await RunAsync();
        var result = await fixture.RunAsync(Chain(), new() { Force = ["Count"] });
        Assert.Equal("Read:up-to-date Shout:up-to-date Count:executed Report:up-to-date", result.Outcomes());
        Assert.Equal("forced", result.Of("Count").Reason);
        Assert.Equal(4, (await fixture.RunAsync(Chain(), new() { ForceAll = true })).Stages.Count(s => s.Result.Outcome == StageOutcome.Executed));
    }

    [Fact]
    public async Task A_failed_stage_skips_those_below_and_the_next_run_goes_on_there_under_the_same_id()
    {
        FailAt("Count", new StageException("the count is off"));
        var failed = await RunAsync();
        Assert.Equal("Read:executed Shout:executed Count:failed Report:skipped", failed.Outcomes());
        Assert.Equal((RunStatus.Failed, "the count is off", "Count failed"), (failed.Status, failed.Of("Count").Reason, failed.Of("Report").Reason));

        fixture.Probe.Before = (_, _) => Task.CompletedTask;
        var next = await RunAsync();
        Assert.Equal("Read:up-to-date Shout:up-to-date Count:executed Report:executed", next.Outcomes());
        Assert.Equal((failed.RunId, $"did not finish in run {failed.RunId}"), (next.RunId, next.Of("Count").Reason));
    }

    [Fact]
    public async Task A_defect_in_a_stage_is_named_by_its_type()
    {
        FailAt("Count", new InvalidCastException("oops"));
        Assert.Equal("InvalidCastException: oops", (await RunAsync()).Of("Count").Reason);
    }

    [Fact]
    public async Task A_full_disk_is_said_in_words_and_loses_nothing()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full here");
        fixture.Probe.Before = async (context, token) =>
        {
            if (context.StageId != "Count")
                return;
            await using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            await full.WriteAsync(new byte[4096], token);
        };
        var failed = await RunAsync();
        Assert.StartsWith("the disk is full: No space left on device", failed.Of("Count").Reason, StringComparison.Ordinal);
        fixture.Probe.Before = (_, _) => Task.CompletedTask;
        Assert.Equal("Read:up-to-date Shout:up-to-date Count:executed Report:executed", (await RunAsync()).Outcomes());
    }

    [Fact]
    public async Task A_missing_input_file_fails_its_stage_and_names_parameter_and_path()
    {
        var result = await fixture.RunAsync(TestPipelines.Build(TestPipelines.Chain("nope.txt"), "/data"));
        Assert.Equal("parameter Source: there is no file or folder /data/nope.txt; set -p Read.Source=...", result.Of("Read").Reason);
        Assert.Equal("Read:failed Shout:skipped Count:skipped Report:skipped", result.Outcomes());
    }

    [Fact]
    public async Task A_stage_that_may_fail_does_not_fail_the_run()
    {
        FailAt("Report", new StageException("no"));
        var json = TestPipelines.Json([("Read", "Test.Read", new { source = fixture.Source }), ("Count", "Test.Count", new { }), ("Report", "Test.Report", new { continueOnError = true })], ["Read>Count", "Count>Report"]);
        var result = await fixture.RunAsync(TestPipelines.Build(json));
        Assert.Equal((RunStatus.Succeeded, "Read:executed Count:executed Report:failed"), (result.Status, result.Outcomes()));
    }

    [Fact]
    public async Task What_needs_the_artifact_of_a_stage_that_may_fail_is_skipped_with_the_reason()
    {
        FailAt("Count", new StageException("no"));
        var result = await RunAsync(count: new { continueOnError = true });
        Assert.Equal((RunStatus.Succeeded, "`count` was not made, because Count failed"), (result.Status, result.Of("Report").Reason));
    }

    [Fact]
    public async Task A_transforming_stage_with_a_false_condition_is_passed_by()
    {
        var result = await RunAsync(shout: new { condition = false });
        Assert.Equal("Read:executed Shout:skipped Count:executed Report:executed", result.Outcomes());
        Assert.Equal(("its condition is false", 6.0), (result.Of("Shout").Reason, result.Metrics()["letters"]));
    }

    [Fact]
    public async Task A_producing_stage_with_a_false_condition_skips_those_that_need_it()
    {
        var result = await RunAsync(count: new { condition = "false" });
        Assert.Equal("Read:executed Shout:executed Count:skipped Report:skipped", result.Outcomes());
        Assert.Equal((RunStatus.Succeeded, "`count` was not made, because Count was skipped"), (result.Status, result.Of("Report").Reason));
    }

    [Fact]
    public async Task A_failed_attempt_is_repeated_as_often_as_asked()
    {
        var attempts = 0;
        fixture.Probe.Before = (context, _) => context.StageId == "Count" && ++attempts < 3 ? throw new StageException("not yet") : Task.CompletedTask;
        var seen = new Recorder();
        var result = await fixture.RunAsync(Chain(count: new { retries = 2, retryDelay = "00:00:00" }), observers: seen);
        Assert.Equal((RunStatus.Succeeded, 3), (result.Status, attempts));
        Assert.Equal(["1 not yet", "2 not yet"], seen.Events.OfType<StageAttemptFailed>().Select(e => $"{e.Attempt} {e.Message}"));
    }

    [Fact]
    public async Task A_stage_that_takes_too_long_fails()
    {
        fixture.Probe.Before = (context, token) => context.StageId == "Count" ? Task.Delay(Timeout.Infinite, token) : Task.CompletedTask;
        Assert.Equal("timed out after 00:00:00.0500000 (parameter Timeout)", (await RunAsync(count: new { timeout = "00:00:00.05" })).Of("Count").Reason);
    }

    [Fact]
    public async Task A_cancelled_run_keeps_what_is_whole_and_the_work_folder_of_the_rest()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        fixture.Probe.Before = async (context, token) =>
        {
            if (context.StageId != "Count")
                return;
            await File.WriteAllTextAsync(Path.Combine(context.WorkFolder, "checkpoint"), "half", token);
            await cancel.CancelAsync();
            token.ThrowIfCancellationRequested();
        };
        var result = await fixture.RunAsync(Chain(), cancellationToken: cancel.Token);
        Assert.Equal((RunStatus.Cancelled, "Read:executed Shout:executed Count:cancelled Report:skipped"), (result.Status, result.Outcomes()));

        string? found = null;
        fixture.Probe.Before = (context, _) =>
        {
            if (context.StageId == "Count")
                found = File.ReadAllText(Path.Combine(context.WorkFolder, "checkpoint"));
            return Task.CompletedTask;
        };
        Assert.Equal("Read:up-to-date Shout:up-to-date Count:executed Report:executed", (await RunAsync()).Outcomes());
        Assert.Equal("half", found);
        Assert.Empty(Directory.EnumerateFileSystemEntries(fixture.Home.Work));
    }

    [Fact]
    public async Task Two_runs_in_one_home_make_each_thing_once()
    {
        var started = 0;
        fixture.Probe.Before = async (_, token) =>
        {
            Interlocked.Increment(ref started);
            await Task.Delay(20, token);
        };
        using var one = Engine.Open(fixture.Home, fixture.Probe);
        using var two = Engine.Open(fixture.Home, fixture.Probe);
        var results = await Task.WhenAll(one.Runner.RunAsync(Chain(), new(), [], Token), two.Runner.RunAsync(Chain(), new(), [], Token));
        Assert.All(results, r => Assert.Equal(RunStatus.Succeeded, r.Status));
        Assert.NotEqual(results[0].RunId, results[1].RunId);
        Assert.Equal(4, started);
        Assert.Equal(results[0].Of("Report").Artifacts["report"], results[1].Of("Report").Artifacts["report"]);
    }

    [Fact]
    public async Task Independent_branches_run_at_once_when_allowed()
    {
        var json = TestPipelines.Json(
            [("Read", "Test.Read", new { source = fixture.Source }), ("A", "Test.Count", new { start = 1 }), ("B", "Test.Count", new { start = 2 })], ["Read>A", "Read>B"]);
        var inside = new CountdownEvent(2);
        fixture.Probe.Before = (context, token) =>
        {
            if (context.StageId == "Read")
                return Task.CompletedTask;
            inside.Signal();
            inside.Wait(token);
            return Task.CompletedTask;
        };
        Assert.Equal(RunStatus.Succeeded, (await fixture.RunAsync(TestPipelines.Build(json), new() { MaxParallel = 2 }, Token)).Status);
    }

    [Fact]
    public async Task Without_leave_stages_run_one_after_another()
    {
        var json = TestPipelines.Json(
            [("Read", "Test.Read", new { source = fixture.Source }), .. Enumerable.Range(0, 4).Select(i => ($"C{i}", "Test.Count", (object)new { start = i }))],
            [.. Enumerable.Range(0, 4).Select(i => $"Read>C{i}")]);
        var (inside, most) = (0, 0);
        fixture.Probe.Before = async (_, token) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref inside));
            await Task.Delay(5, token);
            Interlocked.Decrement(ref inside);
        };
        await fixture.RunAsync(TestPipelines.Build(json));
        Assert.Equal(1, most);
    }

    [Fact]
    public async Task A_failure_leaves_other_branches_running()
    {
        FailAt("A", new StageException("no"));
        var json = TestPipelines.Json(
            [("Read", "Test.Read", new { source = fixture.Source }), ("A", "Test.Count", new { start = 1 }), ("B", "Test.Count", new { start = 2 })], ["Read>A", "Read>B"]);
        var result = await fixture.RunAsync(TestPipelines.Build(json));
        Assert.Equal((RunStatus.Failed, "Read:executed A:failed B:executed"), (result.Status, result.Outcomes()));
    }

    [Fact]
    public async Task An_observer_that_throws_is_told_no_more_and_the_run_goes_on()
    {
        var thrower = new Thrower();
        var result = await fixture.RunAsync(Chain(), observers: thrower);
        Assert.Equal((RunStatus.Succeeded, 1), (result.Status, thrower.Calls));
        Assert.Single(RunJournal.Read(RunJournal.PathOf(fixture.Home, result.RunId)).Select(e => e.Event).OfType<ObserverFailed>());
    }

    [Fact]
    public async Task The_journal_tells_the_whole_run()
    {
        var result = await RunAsync();
        var events = RunJournal.Read(RunJournal.PathOf(fixture.Home, result.RunId)).Select(e => e.Event).ToList();
        Assert.IsType<RunStarted>(events[0]);
        Assert.Equal(RunStatus.Succeeded, Assert.IsType<RunFinished>(events[^1]).Status);
        Assert.Equal(["Read", "Shout", "Count", "Report"], events.OfType<StageFinished>().Select(e => e.StageId));
        Assert.Equal(7, events.OfType<MetricsLogged>().Single().Values["letters"]);
        Assert.Equal("1", events.OfType<StageStarted>().Single(e => e.StageId == "Count").Parameters["Start"]);
    }

    [Fact]
    public async Task A_plan_says_what_would_run_and_why_without_running_it()
    {
        Assert.Equal(["Execute", "Depends", "Depends", "Depends"], (await fixture.PlanAsync(Chain())).Select(p => p.Action.ToString()));
        Assert.Equal("`dataset` will be rebuilt by Read", (await fixture.PlanAsync(Chain()))[1].Reason);
        await RunAsync();
        Assert.All(await fixture.PlanAsync(Chain()), p => Assert.Equal(PlannedAction.Reuse, p.Action));
        Assert.Equal(
            ["Reuse up to date", "Reuse up to date", "Execute Start changed 1 -> 9", "Depends `count` will be rebuilt by Count"],
            (await fixture.PlanAsync(Chain(count: new { start = 9 }))).Select(p => $"{p.Action} {p.Reason}"));
        Assert.Equal(PlannedAction.Fail, (await fixture.PlanAsync(TestPipelines.Build(TestPipelines.Chain("nope"))))[0].Action);
    }

    [Fact]
    public void A_home_that_cannot_be_made_is_refused_by_name()
    {
        var file = fixture.WriteFile("file", "");
        var error = Assert.Throws<HomeException>(() => Home.Open(Path.Combine(file, "home")));
        Assert.StartsWith($"the home folder {file}/home cannot be written:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_culture_changes_nothing()
    {
        var first = await RunAsync(count: new { factor = 0.25 });
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("tr-TR");
            var second = await RunAsync(count: new { factor = 0.25 });
            Assert.Equal(first.Of("Count").Fingerprint, second.Of("Count").Fingerprint);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    public void Dispose() => fixture.Dispose();

    private void FailAt(string stage, Exception error) => fixture.Probe.Before = (context, _) => context.StageId == stage ? throw error : Task.CompletedTask;

    private Pipeline Chain(object? shout = null, object? count = null) => TestPipelines.Build(TestPipelines.Chain(fixture.Source, shout, count));

    private Task<RunResult> RunAsync(object? shout = null, object? count = null) => fixture.RunAsync(Chain(shout, count), cancellationToken: Token);

    private sealed class Recorder : IRunObserver
    {
        public List<RunEvent> Events { get; } = [];

        public void OnEvent(RunEvent runEvent) => Events.Add(runEvent);
    }

    private sealed class Thrower : IRunObserver
    {
        public int Calls { get; private set; }

        public void OnEvent(RunEvent runEvent)
        {
            Calls++;
            throw new InvalidOperationException("I cannot");
        }
    }
}
