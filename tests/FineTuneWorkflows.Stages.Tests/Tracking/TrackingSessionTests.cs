using System.Net;
using System.Net.Sockets;
using FineTuneWorkflows.Stages.Tests.Support;
using FineTuneWorkflows.Stages.Tracking;
using FineTuneWorkflows.Tracking.Runs;
using RunStatus = FineTuneWorkflows.Tracking.Events.RunStatus;

namespace FineTuneWorkflows.Stages.Tests.Tracking;

public sealed class TrackingSessionTests : IDisposable
{
    private readonly Workspace workspace = new();

    [Fact]
    public async Task With_the_server_down_the_runs_succeed_and_what_waits_is_said_once_for_the_whole_command()
    {
        var said = new List<string>();
        var connection = new TrackingConnection(workspace.Home, new() { TrackingUri = DeadAddress() }, said.Add);
        for (var trial = 0; trial < 3; trial++)
            await using (var session = new TrackingSession(workspace.Home, workspace.Services, connection, said.Add))
                Assert.Equal(Succeeded, (await workspace.RunAsync(workspace.Whole(), observers: session)).Status);
        var message = Assert.Single(said);
        Assert.StartsWith("tracking: ", message, StringComparison.Ordinal);
        Assert.Contains("cannot be reached", message, StringComparison.Ordinal);
        Assert.EndsWith("they are kept, deliver them with `finetune sync`", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_waited_for_once_and_not_by_the_parts_of_a_run()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var said = new List<string>();
        var connection = new TrackingConnection(
            workspace.Home, new() { TrackingUri = new($"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}") }, said.Add, TimeSpan.FromMilliseconds(100));
        await using (var whole = new TrackingSession(workspace.Home, workspace.Services, connection, said.Add))
        {
            whole.OnEvent(new FineTuneWorkflows.Pipelines.Contract.Events.RunStarted(DateTimeOffset.UnixEpoch, "20260101-sweep", "p", "sweep", null, new Dictionary<string, string>(), "1"));
            await using (var part = new TrackingSession(workspace.Home, workspace.Services, connection, said.Add))
                Assert.Equal(Succeeded, (await workspace.RunAsync(workspace.Whole(), observers: part)).Status);
            Assert.Empty(said);
        }

        Assert.Single(said);
    }

    [Fact]
    public async Task The_page_of_the_run_is_shown_when_it_is_over()
    {
        using var server = new EmptyMlflow();
        var (said, pages) = (new List<string>(), new List<Uri>());
        var connection = new TrackingConnection(workspace.Home, new() { TrackingUri = server.Address }, said.Add, show: pages.Add);
        await using (var session = new TrackingSession(workspace.Home, workspace.Services, connection, said.Add))
        using (var run = FineTuneWorkflows.Pipelines.Execution.RunSession.Open(workspace.Home, "20260101-page", "p", "page", new Dictionary<string, object?>(), [session]))
            run.Finish(Succeeded, []);

        Assert.Equal([$"{server.Address}#/experiments/7/runs/abc"], pages.Select(p => p.AbsoluteUri));
    }

    [Fact]
    public async Task The_model_stands_ready_for_Python_and_no_text_is_sent()
    {
        var result = await workspace.RunAsync(workspace.Whole());
        new JournalImporter(workspace.Home, workspace.Services.Store).ImportAll(TestContext.Current.CancellationToken);
        var run = new RunIndex(workspace.Services.Store).Show(result.RunId);
        var model = Assert.Single(run.Models);
        Assert.Equal(result.Of("FineTune").Artifacts["model"].Digest, model.Digest);
        Assert.True(File.Exists(Path.Combine(model.LocalPath, "MLmodel")));
        Assert.Equal(
            [
                "Evaluate/baseline.json", "Evaluate/calibration.svg", "Evaluate/classes.svg", "Evaluate/confusion-matrix.svg", "Evaluate/metrics.json", "Evaluate/report.json",
                "Register/registration.json", "stages.json", "summary.json",
            ],
            run.Artifacts.Select(a => a.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_run_whose_process_died_is_closed_by_the_next_and_opened_again_by_its_resumption()
    {
        var runId = (await workspace.RunAsync(workspace.Whole(train: new { baseModel = "tiny", device = "cuda:7" }))).RunId;
        // What a killed process leaves: a journal without its last line.
        var journal = FineTuneWorkflows.Pipelines.Journals.RunJournal.PathOf(workspace.Home, runId);
        var lines = File.ReadAllLines(journal);
        File.WriteAllLines(journal, lines[..^1]);

        var index = new RunIndex(workspace.Services.Store);
        new JournalImporter(workspace.Home, workspace.Services.Store).ImportAll(TestContext.Current.CancellationToken);
        Assert.Equal(RunStatus.Killed, index.Show(runId).Run.Status);
        new JournalImporter(workspace.Home, workspace.Services.Store).ImportAll(TestContext.Current.CancellationToken);
        Assert.Equal(RunStatus.Killed, index.Show(runId).Run.Status);

        var again = await workspace.RunAsync(workspace.Whole(train: new { baseModel = "tiny", device = "cuda:7" }));
        Assert.Equal(runId, again.RunId);
        new JournalImporter(workspace.Home, workspace.Services.Store).ImportAll(TestContext.Current.CancellationToken);
        Assert.Equal(RunStatus.Failed, index.Show(runId).Run.Status);
    }

    public void Dispose() => workspace.Dispose();

    private const FineTuneWorkflows.Pipelines.Contract.Events.RunStatus Succeeded = FineTuneWorkflows.Pipelines.Contract.Events.RunStatus.Succeeded;

    private static Uri DeadAddress()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return new($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}");
    }
}
