using FineTuneWorkflows.Tracking.Events;
using FineTuneWorkflows.Tracking.Mlflow;
using FineTuneWorkflows.Tracking.Mlflow.Entities;
using FineTuneWorkflows.Tracking.Outbox;
using FineTuneWorkflows.Tracking.Store;
using FineTuneWorkflows.Tracking.Tests.Mlflow;

namespace FineTuneWorkflows.Tracking.Tests.Outbox;

/// <summary>Runs and experiments that somebody deletes on the server while they are delivered; the same for the fake server and a real one.</summary>
public sealed class DeletedRunsContractTests : IDisposable
{
    private const int Later = 1500;

    private readonly TemporaryFolder _folder = new();
    private readonly TrackingStore _store;
    private readonly (string Run, string Other, string Experiment) _names = (ContractServer.Unique("run"), ContractServer.Unique("other"), ContractServer.Unique("deleted"));

    public DeletedRunsContractTests() => _store = TrackingStore.Open(_folder.File("state.db"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Theory, MemberData(nameof(ContractServer.All), MemberType = typeof(ContractServer))]
    public async Task The_events_of_a_run_that_was_deleted_and_restored_by_somebody_all_arrive_when_they_are_tried_again(string kind)
    {
        await using var server = ContractServer.Open(kind);
        var id = await DeletedInTheMiddle(server);
        var refused = Assert.Single(Queue(server).Refused());
        Assert.Equal((_names.Run, "run", Later / 100 + 1L), (refused.RunId, refused.Kind, refused.Events));
        Assert.StartsWith($"its run {id} was deleted on the server", refused.Reason, StringComparison.Ordinal);
        Assert.Single(await Runs(server), run => run.Info.RunName == "other");

        await server.Client.Runs.RestoreAsync(id, Cancel);
        Assert.Equal(Later / 100 + 1L, Queue(server).RetryRefused());
        Assert.Equal(new OutboxStatus(0, 0, 0), await Ship(server));
        await AssertWhole(server, id);
    }

    [Theory, MemberData(nameof(ContractServer.All), MemberType = typeof(ContractServer))]
    public async Task A_deleted_run_is_restored_on_the_server_where_the_user_says_so(string kind)
    {
        await using var server = ContractServer.Open(kind);
        var id = await DeletedInTheMiddle(server);
        Assert.Contains(_names.Run, Assert.Single(await new OutboxRepair(_store, server.Client).RestoreAsync(Cancel)), StringComparison.Ordinal);
        Assert.Equal(new OutboxStatus(0, 0, 0), await Ship(server));
        await AssertWhole(server, id);
    }

    [Theory, MemberData(nameof(ContractServer.All), MemberType = typeof(ContractServer))]
    public async Task A_deleted_run_is_made_anew_with_all_that_is_known_of_it_where_the_user_says_so(string kind)
    {
        await using var server = ContractServer.Open(kind);
        var id = await DeletedInTheMiddle(server);
        Assert.Contains("made anew", Assert.Single(await new OutboxRepair(_store, server.Client).RecreateAsync(Cancel)), StringComparison.Ordinal);
        Assert.Equal(new OutboxStatus(0, 0, 0), await Ship(server));
        var anew = Assert.Single(await Runs(server), run => run.Info.RunName == "mine");
        Assert.NotEqual(id, anew.Info.RunId);
        Assert.Equal("1", anew.Data!.Params!.Single().Value);
        await AssertWhole(server, anew.Info.RunId);
        var child = Assert.Single(await Runs(server), run => run.Info.RunName == "child");
        Assert.Equal(anew.Info.RunId, child.Data!.Tags!.Single(tag => tag.Key == "mlflow.parentRunId").Value);
    }

    [Theory, MemberData(nameof(ContractServer.All), MemberType = typeof(ContractServer))]
    public async Task The_events_of_a_deleted_run_are_given_up_where_the_user_says_so(string kind)
    {
        await using var server = ContractServer.Open(kind);
        await DeletedInTheMiddle(server);
        Assert.Equal(Later / 100 + 1L, Queue(server).DiscardRefused());
        Assert.Equal(new OutboxStatus(0, 0, 0), Queue(server).Status());
        Assert.Empty(Queue(server).Refused());
        Assert.Equal(new OutboxStatus(0, 0, 0), await Ship(server));
    }

    [Theory, MemberData(nameof(ContractServer.All), MemberType = typeof(ContractServer))]
    public async Task A_deleted_experiment_holds_up_its_runs_alone_and_is_restored_or_left_for_another(string kind)
    {
        await using var server = ContractServer.Open(kind);
        var elsewhere = ContractServer.Unique("elsewhere");
        var experiment = await server.Client.Experiments.CreateAsync(_names.Experiment, cancellation: Cancel);
        await server.Client.Experiments.DeleteAsync(experiment, Cancel);
        _store.Append([new RunStarted(_names.Run, "mine", _names.Experiment, Make.Noon), Make.Metrics(_names.Run, ("m", 1, 1)), new RunStarted(_names.Other, "other", elsewhere, Make.Noon)]);
        Assert.Equal(new OutboxStatus(0, 0, 2), await Ship(server));
        Assert.Contains($"'{_names.Experiment}' was deleted", Assert.Single(Queue(server).Refused()).Reason, StringComparison.Ordinal);
        Assert.NotNull(await server.Client.Experiments.FindAsync(elsewhere, Cancel));

        var repair = new OutboxRepair(_store, server.Client);
        Assert.Contains("Set MLFLOW_EXPERIMENT_NAME to another one", Assert.Single(await repair.RecreateAsync(Cancel)), StringComparison.Ordinal);
        using (var client = new MlflowClient(server.Options with { ExperimentName = elsewhere }))
            Assert.Contains($"in experiment '{elsewhere}'", Assert.Single(await new OutboxRepair(_store, client).RecreateAsync(Cancel)), StringComparison.Ordinal);
        Assert.Equal(new OutboxStatus(0, 0, 0), await Ship(server));
        var id = (await server.Client.Experiments.FindAsync(elsewhere, Cancel))!.ExperimentId;
        Assert.Equal(["mine", "other"], (await server.Client.Runs.SearchAsync([id], cancellation: Cancel)).Items.Select(run => run.Info.RunName).Order());

        var late = ContractServer.Unique("late");
        _store.Append([new RunStarted(late, "late", _names.Experiment, Make.Noon)]);
        Assert.Equal(1, (await Ship(server)).Refused);
        Assert.Equal([$"experiment '{_names.Experiment}' is restored", $"run {late} goes on where it stood"], await repair.RestoreAsync(Cancel));
        Assert.Equal(new OutboxStatus(0, 0, 0), await Ship(server));
        Assert.Equal("late", Assert.Single((await server.Client.Runs.SearchAsync([experiment], cancellation: Cancel)).Items).Info.RunName);
    }

    [Theory, MemberData(nameof(ContractServer.All), MemberType = typeof(ContractServer))]
    public async Task A_run_goes_on_with_the_run_and_to_the_experiment_that_were_named_when_it_ran(string kind)
    {
        await using var server = ContractServer.Open(kind);
        var experiment = await server.Client.Experiments.CreateAsync(_names.Experiment, cancellation: Cancel);
        var given = (await server.Client.Runs.CreateAsync(experiment, "of somebody", 1, cancellation: Cancel)).Info.RunId;
        var missing = ContractServer.Unique("missing");
        _store.Append(
        [
            new RunStarted(_names.Run, "adopted", null, Make.Noon, MlflowRunId: given), Make.Metrics(_names.Run, ("m", 1, 1)),
            new RunStarted(_names.Other, "by id", null, Make.Noon, ExperimentId: experiment),
            new RunStarted(missing, "nowhere", null, Make.Noon, ExperimentId: "987654321"),
        ]);
        Assert.Equal(1, (await Ship(server)).Refused);
        Assert.Contains("has no experiment with the id 987654321", Assert.Single(Queue(server).Refused()).Reason, StringComparison.Ordinal);
        var runs = (await server.Client.Runs.SearchAsync([experiment], cancellation: Cancel)).Items;
        Assert.Equal(["adopted", "by id"], runs.Select(run => run.Info.RunName).Order());
        Assert.Equal(1, runs.Single(run => run.Info.RunId == given).Data!.Metrics!.Single().Value);
    }

    /// <summary>A run and another beside it; the first is deleted before the last 1,500 metrics come.</summary>
    private async Task<string> DeletedInTheMiddle(ContractServer server)
    {
        _store.Append(
        [
            new RunStarted(_names.Run, "mine", _names.Experiment, Make.Noon), Make.Parameters(_names.Run, ("p", "1")), Make.Metrics(_names.Run, ("m", 0, 0)),
            new RunStarted(_names.Run + "-child", "child", _names.Experiment, Make.Noon, _names.Run),
        ]);
        Assert.Equal(new OutboxStatus(0, 0, 0), await Ship(server));
        var id = Assert.Single(await Runs(server), run => run.Info.RunName == "mine").Info.RunId;
        await server.Client.Runs.DeleteAsync(id, Cancel);
        for (var step = 1; step < Later; step += 100)
            _store.Append([Make.Metrics(_names.Run, Enumerable.Range(step, 100).Select(i => ("m", (double)i, (long)i)).ToArray())]);
        _store.Append([new RunEnded(_names.Run, RunStatus.Finished, Make.Noon.AddHours(1)), new RunStarted(_names.Other, "other", _names.Experiment, Make.Noon)]);
        Assert.Equal(new OutboxStatus(0, 0, Later / 100 + 1), await Ship(server));
        return id;
    }

    private async Task AssertWhole(ContractServer server, string id)
    {
        var run = await server.Client.Runs.GetAsync(id, Cancel);
        Assert.Equal(MlflowRunStatus.Finished, run.Info.Status);
        var steps = (await server.Client.Runs.GetHistoryAsync(id, "m", cancellation: Cancel)).Items.Select(point => point.Step).Order();
        Assert.Equal(Enumerable.Range(0, Later + 1).Select(i => (long)i), steps);
    }

    private async Task<IReadOnlyList<MlflowRun>> Runs(ContractServer server) =>
        (await server.Client.Runs.SearchAsync([(await server.Client.Experiments.FindAsync(_names.Experiment, Cancel))!.ExperimentId], cancellation: Cancel)).Items;

    private OutboxQueue Queue(ContractServer server) => new(_store, server.Options);

    private async Task<OutboxStatus> Ship(ContractServer server)
    {
        await using var shipper = OutboxShipper.Start(_store.Path, server.Options);
        var status = await shipper.FlushAsync(TimeSpan.FromSeconds(60), Cancel);
        Assert.True(status.Events == 0, $"{status} {shipper.LastFault}");
        return status;
    }
}
