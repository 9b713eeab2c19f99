using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Stages.Tests.Support;
using FineTuneWorkflows.Stages.Tracking;
using FineTuneWorkflows.Tracking.Events;
using FineTuneWorkflows.Tracking.Runs;
using RunLabels = FineTuneWorkflows.Pipelines.Execution.RunLabels;
using MetricsLogged = FineTuneWorkflows.Pipelines.Contract.Events.MetricsLogged;
using RunResumed = FineTuneWorkflows.Pipelines.Contract.Events.RunResumed;
using RunStarted = FineTuneWorkflows.Pipelines.Contract.Events.RunStarted;
using RunStatus = FineTuneWorkflows.Tracking.Events.RunStatus;
using StageOutcome = FineTuneWorkflows.Pipelines.Contract.Events.StageOutcome;

namespace FineTuneWorkflows.Stages.Tests.Tracking;

public sealed class JournalImporterTests : IDisposable
{
    private readonly Workspace workspace = new();

    [Fact]
    public async Task A_run_s_parameters_metrics_data_sets_and_outcomes_enter_the_index_once()
    {
        var errors = new List<Exception>();
        string runId;
        await using (var recorder = new TrackingRecorder(() => new JournalImporter(workspace.Home, workspace.Services.Store), errors.Add))
            runId = (await workspace.RunAsync(workspace.Whole(), observers: recorder)).RunId;
        Assert.Empty(errors);
        new JournalImporter(workspace.Home, workspace.Services.Store).ImportAll(TestContext.Current.CancellationToken);

        var index = new RunIndex(workspace.Services.Store);
        var run = index.Show(runId);
        Assert.Equal(RunStatus.Finished, run.Run.Status);
        Assert.Equal("0.003", run.Parameters["FineTune.LearningRate"]);
        var journaled = workspace.Journal(runId).OfType<FineTuneWorkflows.Pipelines.Contract.Events.MetricsLogged>().Where(m => m.Values.ContainsKey("train/loss")).Select(m => (m.Step, m.Values["train/loss"]));
        Assert.Equal(journaled, index.History(runId, "train/loss").Select(p => (p.Step, p.Value)));
        Assert.Equal(["testing", "training", "validation"], run.Datasets.Select(d => d.Context).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(run.Tags.Keys, k => k.StartsWith("stage.", StringComparison.Ordinal) || k.StartsWith("artifact.", StringComparison.Ordinal));
        Assert.Contains(run.Artifacts, a => a.Path == "stages.json");
        var test = run.Datasets.Single(d => d.Context == "testing");
        Assert.Equal((workspace.Data, "local", $"{{\"num_rows\":{run.Metrics["data/test_rows"].Value}}}"), (test.Source, test.SourceType, test.Profile));
        Assert.Equal("""{"mlflow_colspec":[{"name":"text","type":"string","required":true},{"name":"label","type":"string","required":true}]}""", test.Schema);
        Assert.DoesNotContain(run.Metrics.Keys, k => k.StartsWith("generalization/validation/", StringComparison.Ordinal));
        foreach (var off in (string[])["FineTune.LoraAlpha", "FineTune.SchedulePower", "FineTune.MaskShare", "FineTune.RetryDelay", "FineTune.LabelSmoothing"])
            Assert.DoesNotContain(off, run.Parameters.Keys);
    }

    [Fact]
    public async Task A_run_with_nothing_to_do_opens_no_database()
    {
        await workspace.RunAsync(workspace.Whole());
        await using (var recorder = new TrackingRecorder(() => throw new InvalidOperationException("opened"), e => Assert.Fail(e.Message)))
            await workspace.RunAsync(workspace.Whole(), observers: recorder);
    }

    [Fact]
    public async Task A_store_that_cannot_be_written_is_reported_and_the_run_goes_on()
    {
        var errors = new List<Exception>();
        await using (var recorder = new TrackingRecorder(() => throw new IOException("no disk"), errors.Add))
            Assert.Equal(FineTuneWorkflows.Pipelines.Contract.Events.RunStatus.Succeeded, (await workspace.RunAsync(workspace.Whole(), observers: recorder)).Status);
        Assert.Equal("no disk", Assert.Single(errors).Message);
    }

    [Fact]
    public void A_damaged_line_is_said_and_keeps_neither_the_run_s_other_events_nor_other_runs_from_the_index()
    {
        Journal("20260101-a", out var first, new StageNoted(Time, "Train", "begun"), new RunTagged(Time, new Dictionary<string, string> { ["before"] = "1" }));
        var damage = new FileInfo(first).Length;
        File.AppendAllText(first, "{\"event\":\"metrics\",\0\0\xff broken\n");
        Append("20260101-a", new RunTagged(Time, new Dictionary<string, string> { ["after"] = "1" }), new RunFinished(Time, "20260101-a", FineTuneWorkflows.Pipelines.Contract.Events.RunStatus.Succeeded));
        Journal("20260102-b", out _, new RunFinished(Time, "20260102-b", FineTuneWorkflows.Pipelines.Contract.Events.RunStatus.Failed));

        var problem = Assert.Single(Import());
        Assert.Contains($"{first} is damaged at byte {damage}", problem, StringComparison.Ordinal);
        var index = new RunIndex(workspace.Services.Store);
        var damaged = index.Show("20260101-a");
        Assert.Equal((RunStatus.Finished, "1", "1"), (damaged.Run.Status, damaged.Tags["before"], damaged.Tags["after"]));
        Assert.Contains($"byte {damage}", damaged.Tags[JournalImporter.DamageTag], StringComparison.Ordinal);
        Assert.Equal(RunStatus.Failed, index.Show("20260102-b").Run.Status);
        Assert.Empty(Import());
    }

    [Fact]
    public void A_journal_whose_beginning_is_damaged_is_said_each_time_and_the_others_are_imported()
    {
        var folder = Directory.CreateDirectory(Path.Combine(workspace.Home.Runs, "20260101-a")).FullName;
        File.WriteAllText(Path.Combine(folder, "journal.jsonl"), "rubbish\n");
        Journal("20260102-b", out _, new RunFinished(Time, "20260102-b", FineTuneWorkflows.Pipelines.Contract.Events.RunStatus.Succeeded));
        Assert.Contains("damaged at byte 0", Assert.Single(Import()), StringComparison.Ordinal);
        Assert.Contains("damaged at byte 0", Assert.Single(Import()), StringComparison.Ordinal);
        Assert.Equal("20260102-b", Assert.Single(new RunIndex(workspace.Services.Store).List()).RunId);
    }

    [Fact]
    public async Task Where_a_run_belongs_is_decided_when_it_begins_and_kept_in_its_journal()
    {
        var variables = new Dictionary<string, string> { ["MLFLOW_EXPERIMENT_NAME"] = "mine", ["MLFLOW_EXPERIMENT_ID"] = "12", ["MLFLOW_RUN_ID"] = "abc" };
        var destination = new TrackingDestination(oneRun: true, variables.GetValueOrDefault);
        await using var first = new RunSurroundings(workspace.Home, Assert.Fail, interval: TimeSpan.Zero, destination: destination);
        var run = await workspace.RunAsync(workspace.Chain(("Fetch", "FineTune.FetchData", new { source = workspace.Data })), observers: first);
        variables.Remove("MLFLOW_EXPERIMENT_NAME");
        var (second, part) = (Introduced(new(Time, "b", "p", "b", null, new Dictionary<string, string>(), "1")), Introduced(new(Time, "c", "p", "c", null, new Dictionary<string, string>(), "1", Parent: "b")));
        Assert.Empty(Import());

        Assert.Equal("mine", new RunIndex(workspace.Services.Store).Show(run.RunId).Run.Experiment);
        var started = workspace.Journal(run.RunId).OfType<RunStarted>().Single();
        Assert.Equal(new Dictionary<string, string> { ["experiment"] = "mine", ["runId"] = "abc" }, started.Tracking);
        Assert.Equal(new Dictionary<string, string> { ["experimentId"] = "12" }, second.Tracking);
        Assert.Equal(second.Tracking, part.Tracking);

        RunStarted Introduced(RunStarted begun) => destination.Of(begun);
    }

    [Fact]
    public void Points_that_a_resumed_stage_logs_again_are_left_out_and_new_ones_count()
    {
        StageStarted begun = new(Time, "Train", "T", "f", "not built before", new Dictionary<string, string>());
        MetricsLogged Point(string key, long step, double value, int second) => new(Time.AddSeconds(second), "Train", step, new Dictionary<string, double> { [key] = value });
        Journal(
            "20260101-a", out _, begun, Point("loss", 1, 0.9, 1), Point("loss", 2, 0.8, 2), Point("loss", 3, 0.7, 3), Point("final", 0, 0.5, 4), new RunResumed(Time, "20260101-a"), begun,
            Point("loss", 2, 0.8, 12), Point("loss", 3, 0.70001, 13), Point("loss", 4, 0.6, 14), Point("final", 0, 0.6, 15));
        Assert.Empty(Import());
        var index = new RunIndex(workspace.Services.Store);
        Assert.Equal([(1, 0.9), (2, 0.8), (3, 0.7), (4, 0.6)], index.History("20260101-a", "loss").Select(p => (p.Step, p.Value)));
        Assert.Equal([0.5, 0.6], index.History("20260101-a", "final").Select(p => p.Value));
    }

    [Fact]
    public void An_event_that_does_not_fit_is_left_out_alone()
    {
        Journal("20260101-a", out _, new RunStarted(Time, "20260101-a", "p", "again", null, new Dictionary<string, string>(), "1"), new RunTagged(Time, new Dictionary<string, string> { ["after"] = "1" }));
        Assert.Contains("started already", Assert.Single(Import()), StringComparison.Ordinal);
        Assert.Equal("1", new RunIndex(workspace.Services.Store).Show("20260101-a").Tags["after"]);
    }

    [Fact]
    public void Name_tags_and_description_that_a_user_gave_are_the_server_s_and_the_description_stays_above_the_stages()
    {
        Journal(
            "20260101-a", out _,
            new RunTagged(Time, new Dictionary<string, string> { ["team"] = "support", [RunLabels.DescriptionTag] = "With the new labels.", [RunTagged.NameTag] = "June" }),
            new StageFinished(Time, "Train", "FineTune.Train", StageOutcome.Failed, "no", 1, null, new Dictionary<string, string>(), new Dictionary<string, double>(), new Dictionary<string, string>(), null),
            new RunFinished(Time, "20260101-a", FineTuneWorkflows.Pipelines.Contract.Events.RunStatus.Failed));

        Assert.Empty(Import());
        var tags = new RunIndex(workspace.Services.Store).Show("20260101-a").Tags;
        Assert.Equal(("support", "June"), (tags["team"], tags["mlflow.runName"]));
        Assert.StartsWith("With the new labels.\n\n| Stage |", tags["mlflow.note.content"], StringComparison.Ordinal);
    }

    public void Dispose() => workspace.Dispose();

    private static readonly DateTimeOffset Time = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private IReadOnlyList<string> Import() => new JournalImporter(workspace.Home, workspace.Services.Store).ImportAll(TestContext.Current.CancellationToken);

    private void Journal(string runId, out string path, params RunEvent[] events)
    {
        path = RunJournal.PathOf(workspace.Home, runId);
        Append(runId, [new RunStarted(Time, runId, "p", runId, null, new Dictionary<string, string>(), "1"), .. events]);
    }

    private void Append(string runId, params RunEvent[] events)
    {
        using var journal = RunJournal.Open(workspace.Home, runId);
        foreach (var happened in events)
            journal.OnEvent(happened);
    }
}
