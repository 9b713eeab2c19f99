using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Stages.Tests.Support;
using FineTuneWorkflows.Stages.Tracking;
using FineTuneWorkflows.Tracking.Events;
using FineTuneWorkflows.Tracking.Runs;

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
        var journaled = workspace.Journal(runId).OfType<FineTuneWorkflows.Pipelines.Journals.MetricsLogged>().Where(m => m.Values.ContainsKey("train/loss")).Select(m => (m.Step, m.Values["train/loss"]));
        Assert.Equal(journaled, index.History(runId, "train/loss").Select(p => (p.Step, p.Value)));
        Assert.Equal(["testing", "training", "validation"], run.Datasets.Select(d => d.Context).Order(StringComparer.Ordinal));
        Assert.Equal("executed", run.Tags["stage.FineTune.outcome"]);
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
            Assert.Equal(FineTuneWorkflows.Pipelines.Execution.RunStatus.Succeeded, (await workspace.RunAsync(workspace.Whole(), observers: recorder)).Status);
        Assert.Equal("no disk", Assert.Single(errors).Message);
    }

    public void Dispose() => workspace.Dispose();
}
