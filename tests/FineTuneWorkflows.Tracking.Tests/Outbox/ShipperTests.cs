using System.Text;
using CsCheck;
using FineTuneWorkflows.Tracking.Events;
using FineTuneWorkflows.Tracking.Mlflow;
using FineTuneWorkflows.Tracking.Outbox;
using FineTuneWorkflows.Tracking.Store;
using FineTuneWorkflows.Tracking.Tests.Mlflow;

namespace FineTuneWorkflows.Tracking.Tests.Outbox;

public sealed class ShipperTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly ShipperOptions Quick = new()
    {
        RetryDelay = TimeSpan.FromMilliseconds(1), LongestRetryDelay = TimeSpan.FromMilliseconds(20), PollInterval = TimeSpan.FromMilliseconds(20),
    };

    private readonly TemporaryFolder _folder = new();
    private readonly TrackingStore _store;
    private readonly FakeMlflow _server = new();

    public ShipperTests() => _store = TrackingStore.Open(_folder.File("state.db"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private MlflowOptions Options => new() { TrackingUri = _server.Uri, RetryDelay = TimeSpan.FromMilliseconds(1), Retries = 3 };

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_run_that_resumes_reopens_its_own_run()
    {
        _store.Append([Make.Start("a"), new RunEnded("a", RunStatus.Killed, Make.Noon)]);
        Assert.True((await Ship()).IsDelivered);
        Assert.Equal("KILLED", Assert.Single(_server.State.Runs.Values).Status);
        _store.Append([new RunResumed("a", Make.Noon), Make.Metrics("a", ("m", 1, 1))]);
        await Ship();
        Assert.Equal("RUNNING", Assert.Single(_server.State.Runs.Values).Status);
        _store.Append([new RunEnded("a", RunStatus.Finished, Make.Noon.AddHours(1))]);
        await Ship();
        var run = Assert.Single(_server.State.Runs.Values);
        Assert.Equal(("FINISHED", Make.Noon.AddHours(1).ToUnixTimeMilliseconds()), (run.Status, run.End));
    }

    [Fact]
    public async Task A_child_run_names_its_parent_on_the_server()
    {
        _store.Append([Make.Start("parent"), Make.Start("child", parent: "parent")]);
        await Ship();
        Assert.Equal(RunOf("parent").Id, RunOf("child").Tags["mlflow.parentRunId"]);
    }

    [Fact]
    public async Task Runs_go_to_their_experiment_or_to_the_one_of_the_options()
    {
        _store.Append([new RunStarted("a", "n", "mine", Make.Noon), new RunStarted("b", "n", null, Make.Noon)]);
        await Ship(Options with { ExperimentName = "others" });
        string Experiment(string run) => _server.State.Experiments[RunOf(run).Experiment].Name;
        Assert.Equal(("mine", "others"), (Experiment("a"), Experiment("b")));
    }

    [Fact]
    public async Task What_one_server_has_is_for_another_only_where_the_user_says_so_and_then_arrives_whole()
    {
        _store.Append([Make.Start("a"), Make.Parameters("a", ("p", "1")), Make.Metrics("a", ("m", 1, 1), ("m", 2, 2)), new RunEnded("a", RunStatus.Finished, Make.Noon)]);
        await Ship();
        await using var second = new FakeMlflow();
        var options = Options with { TrackingUri = second.Uri };
        Assert.Equal(new OutboxStatus(0, 0, 0), await Ship(options));
        Assert.Empty(second.State.Runs);

        var queue = new OutboxQueue(_store, options);
        Assert.Equal(0, queue.AddAll());
        Assert.Equal(new OutboxStatus(4, 2, 0), queue.Status());
        await Ship(options);
        var run = Assert.Single(second.State.Runs.Values);
        Assert.Equal((2, "1", "FINISHED"), (run.Metrics.Count, run.Params["p"], run.Status));
        Assert.Equal((2, 0), (RunOf("a").Metrics.Count, RunOf("a").Doubled));

        // What happens later in it goes to both; a run that no server knows goes to the one that comes first.
        _store.Append([new RunResumed("a", Make.Noon), Make.Metrics("a", ("m", 3, 3)), Make.Start("b")]);
        await Ship();
        await Ship(options);
        Assert.Equal((3, 3), (RunOf("a").Metrics.Count, run.Metrics.Count));
        Assert.Equal((2, 1), (_server.State.Runs.Count, second.State.Runs.Count));
    }

    [Fact]
    public async Task A_run_meant_for_a_server_that_was_never_reached_goes_to_the_one_that_is()
    {
        _store.Append([Make.Start("a")]);
        new OutboxQueue(_store, Options with { TrackingUri = new Uri("http://never.reached:1") }).Add("a");
        await Ship();
        Assert.Single(_server.State.Runs);
    }

    [Fact]
    public async Task Whatever_goes_wrong_on_the_way_each_event_counts_once()
    {
        const int steps = 2300;
        Fault[] faults =
        [
            Fault.TooMany, Fault.InternalError, Fault.Unavailable, Fault.UnavailableAfterDoing, Fault.DroppedBeforeDoing, Fault.DroppedAfterDoing,
            Fault.HalfAnswer, Fault.Nonsense,
        ];
        // Two requests of three fail, each fault in turn.
        _server.Faults = (number, _) => number % 3 == 0 ? Fault.None : faults[number % faults.Length];
        var model = _folder.File("model");
        Directory.CreateDirectory(model);
        await File.WriteAllTextAsync(Path.Combine(model, "MLmodel"), "x", Cancel);
        _store.Append([Make.Start("a"), Make.Parameters("a", ("p", "1")), Make.Tags("a", ("t", "1"))]);
        for (var step = 0; step < steps; step += 23)
            _store.Append([Make.Metrics("a", Enumerable.Range(step, 23).Select(i => ("loss", 1.0 / (i + 1), (long)i)).ToArray())]);
        _store.Append(
        [
            new DatasetUsed("a", "imdb", new string('d', 64), "data/imdb.csv", "training"),
            new ModelLogged("a", "sentiment", model, "digest", Make.Noon, new Dictionary<string, double> { ["acc"] = 0.9 }),
            new ModelRegistered("a", "sentiment", 4, "digest"), new ModelAliasMoved("a", "sentiment", "champion", 4, "digest"),
            new RunEnded("a", RunStatus.Finished, Make.Noon),
        ]);
        Assert.Equal(new OutboxStatus(0, 0, 0), await Ship());

        var run = Assert.Single(_server.State.Runs.Values);
        Assert.Equal(
            Enumerable.Range(0, steps).Select(i => new FakeMetric("loss", 1.0 / (i + 1), Make.Noon.AddSeconds(i).ToUnixTimeMilliseconds(), i)),
            run.Metrics.Where(metric => metric.Key == "loss").OrderBy(metric => metric.Step));
        Assert.Equal(("1", "1", "FINISHED"), (run.Params["p"], run.Tags["t"], run.Status));
        Assert.Single(run.Inputs);
        Assert.Equal(run.Outputs.Keys, Assert.Single(_server.State.Models).Key is var id ? [id] : []);
        var registered = Assert.Single(_server.State.Registered.Values);
        Assert.Equal("4", Assert.Single(registered.Versions).Tags["finetune.version"]);
        Assert.Equal("1", registered.Aliases["champion"]);
    }

    [Fact]
    public void Any_pattern_of_faults_is_outlived() => Gen.Enum<Fault>().Where(fault => fault != Fault.Unauthorized).Array[1, 12].Sample(
        pattern =>
        {
            using var folder = new TemporaryFolder();
            using var store = TrackingStore.Open(folder.File("state.db"));
            var server = new FakeMlflow { Faults = (number, _) => number < 40 ? pattern[number % pattern.Length] : Fault.None };
            store.Append(
                [
                    Make.Start("a"), Make.Metrics("a", ("m", 1, 1), ("m", 2, 2)), Make.Tags("a", ("t", "x")),
                    new RunEnded("a", RunStatus.Failed, Make.Noon)]);
            var options = Options with { TrackingUri = server.Uri };
            Task.Run(async () =>
            {
                await using (var shipper = OutboxShipper.Start(store.Path, options, Quick))
                    Assert.True((await shipper.FlushAsync(Patience)).IsDelivered);
                await server.DisposeAsync();
            }).GetAwaiter().GetResult();
            var run = Assert.Single(server.State.Runs.Values);
            Assert.Equal((2, "FAILED", "x"), (run.Metrics.Count, run.Status, run.Tags["t"]));
        },
        iter: 15, threads: 1);

    [Fact]
    public async Task While_the_server_is_down_events_wait_and_the_caller_is_told_why()
    {
        var port = FakeMlflow.FreePort();
        var options = Options with { TrackingUri = new Uri($"http://127.0.0.1:{port}") };
        _store.Append([Make.Start("a"), Make.Metrics("a", ("m", 1, 1), ("m", 2, 2))]);
        await using var shipper = OutboxShipper.Start(_store.Path, options, Quick);
        var status = await shipper.FlushAsync(TimeSpan.FromMilliseconds(200), Cancel);
        Assert.Equal(new OutboxStatus(2, 2, 0), status);
        Assert.Contains("cannot be reached", shipper.LastFault, StringComparison.Ordinal);

        await using var server = new FakeMlflow(port: port);
        Assert.True((await shipper.FlushAsync(Patience, Cancel)).IsDelivered);
        Assert.Equal(2, Assert.Single(server.State.Runs.Values).Metrics.Count);
        Assert.Null(shipper.LastFault);
    }

    [Fact]
    public async Task Missing_credentials_make_events_wait_rather_than_be_refused()
    {
        _server.Faults = (number, _) => number < 3 ? Fault.Unauthorized : Fault.None;
        _store.Append([Make.Start("a"), Make.Metrics("a", ("m", 1, 1))]);
        Assert.Equal(new OutboxStatus(0, 0, 0), await Ship());
    }

    [Fact]
    public async Task A_lost_state_makes_no_second_run()
    {
        TrackingEvent[] events = [Make.Start("a"), Make.Metrics("a", ("m", 1, 1)), new RunEnded("a", RunStatus.Finished, Make.Noon)];
        _store.Append(events);
        await Ship();
        using var again = TrackingStore.Open(_folder.File("again.db"));
        again.Append(events);
        await using var shipper = OutboxShipper.Start(again.Path, Options, Quick);
        Assert.True((await shipper.FlushAsync(Patience, Cancel)).IsDelivered);
        var run = Assert.Single(_server.State.Runs.Values);
        Assert.Equal((1, 1), (run.Metrics.Count, run.Doubled));
    }

    [Fact]
    public async Task What_cannot_be_delivered_is_set_aside_with_its_reason_and_can_be_tried_again()
    {
        var path = _folder.File("plot.png");
        _store.Append([Make.Start("a"), new ArtifactProduced("a", "plots/plot.png", path), Make.Tags("a", ("t", "x"))]);
        Assert.Equal(new OutboxStatus(0, 0, 1), await Ship());
        Assert.Equal("x", RunOf("a").Tags["t"]);
        var queue = new OutboxQueue(_store, Options);
        var refused = Assert.Single(queue.Refused());
        Assert.Equal(("a", "artifact"), (refused.RunId, refused.Kind));
        Assert.Contains("there is no such file", refused.Reason, StringComparison.Ordinal);

        await File.WriteAllTextAsync(path, "png", Cancel);
        Assert.Equal(1, queue.RetryRefused());
        Assert.True((await Ship()).IsDelivered);
        Assert.Equal(
            "png"u8.ToArray(), _server.State.Artifacts.Single(artifact => artifact.Key.EndsWith("plots/plot.png", StringComparison.Ordinal)).Value);
    }

    [Fact]
    public async Task An_event_that_the_server_refuses_does_not_hold_up_the_others_of_its_batch()
    {
        _store.Append([Make.Start("a")]);
        await Ship();
        RunOf("a").Params["taken"] = "by somebody else";
        _store.Append([Make.Tags("a", ("before", "1")), Make.Parameters("a", ("taken", "1")), Make.Metrics("a", ("m", 1, 1))]);
        Assert.Equal(new OutboxStatus(0, 0, 1), await Ship());
        Assert.Equal(("1", 1), (RunOf("a").Tags["before"], RunOf("a").Metrics.Count));
        Assert.Contains("Changing param values", Assert.Single(new OutboxQueue(_store, Options).Refused()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_and_values_that_are_too_long_are_cut_and_kept_whole_beside_the_run()
    {
        var (key, value) = (new string('k', 300), new string('ü', 9000));
        _store.Append(
            [
                Make.Start("a"), Make.Parameters("a", ("long", value), ("a=b", "1")), Make.Tags("a", (key, value)),
                Make.Metrics("a", ("50%", 1, 1), ("x//y", 2, 1))]);
        Assert.True((await Ship()).IsDelivered);
        var run = RunOf("a");
        Assert.Equal(6000, run.Params["long"].Length);
        Assert.Contains("cut from 9000 characters; whole in artifact cut/parameters/long_", run.Params["long"], StringComparison.Ordinal);
        Assert.Contains(run.Params.Keys, name => name.StartsWith("a_b_", StringComparison.Ordinal));
        Assert.Equal(8000, run.Tags.Single(tag => tag.Key.StartsWith("kkk", StringComparison.Ordinal)).Value.Length);
        Assert.Equal(["50__", "x/_/y_"], run.Metrics.Select(metric => metric.Key[..^8]).Order(StringComparer.Ordinal));
        Assert.Equal(
            2,
            _server.State.Artifacts.Count(
                artifact => artifact.Key.Contains("/cut/", StringComparison.Ordinal) && Encoding.UTF8.GetString(artifact.Value) == value));
    }

    [Fact]
    public async Task No_secret_is_sent()
    {
        var mask = new SecretMask(["hunter2-secret", "s3cr3t"]);
        _store.Append(
        [
            new RunStarted("a", "run with hunter2-secret", null, Make.Noon),
            Make.Parameters(
                "a", ("Fetch.Source", "https://ann:planted-1@example.org/x.csv?sig=planted-2&x=1"), ("Fetch.Password", "planted-3"),
                ("hub.token", "planted-4"),
                ("Fetch.Header", "${env:PLANTED_5}"), ("Fetch.ApiKey", "planted-6"), ("Tokenize.MaxTokens", "128")),
            Make.Tags("a", ("note", "it is s3cr3t, really"), ("mlflow.source.git.repoURL", "https://planted-7@example.org/repo.git")),
            new DatasetUsed("a", "imdb", "d", "https://ann:planted-8@example.org/x.csv", "training"),
            new ModelRegistered("a", "m", 1, "d", "made with hunter2-secret"),
        ]);
        await using (var shipper = OutboxShipper.Start(
            _store.Path, Options with { Username = "ann", Password = "planted-9" }, Quick with { Mask = mask }))
            await shipper.FlushAsync(Patience, Cancel);
        var sent = string.Join('\n', _server.Sent);
        Assert.DoesNotContain("planted", sent, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("hunter2", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", sent, StringComparison.Ordinal);
        Assert.Equal("128", RunOf("a").Params["Tokenize.MaxTokens"]);
        Assert.Equal("https://***@example.org/x.csv?sig=***&x=1", RunOf("a").Params["Fetch.Source"]);
    }

    [Fact]
    public async Task Of_two_shippers_one_works_and_the_other_takes_over_when_it_ends()
    {
        var first = OutboxShipper.Start(_store.Path, Options, Quick);
        await using var second = OutboxShipper.Start(_store.Path, Options, Quick);
        for (var i = 0; i < 20; i++)
        {
            _store.Append(i == 0 ? [Make.Start("a")] : [Make.Metrics("a", ("m", i, i))]);
            if (i == 10) await first.DisposeAsync();
        }

        Assert.True((await second.FlushAsync(Patience, Cancel)).IsDelivered);
        var run = Assert.Single(_server.State.Runs.Values);
        Assert.Equal((19, 0), (run.Metrics.Count, run.Doubled));
    }

    [Fact]
    public async Task A_process_killed_again_and_again_while_it_delivers_loses_nothing()
    {
        const int metrics = 6000;
        _store.Append([Make.Start("a")]);
        for (var step = 0; step < metrics; step += 20)
            _store.Append([Make.Metrics("a", Enumerable.Range(step, 20).Select(i => ("m", (double)i, (long)i)).ToArray())]);
        _store.Append([new RunEnded("a", RunStatus.Finished, Make.Noon)]);
        for (var kill = 1; kill <= 6; kill++)
        {
            var until = _server.Requests + kill;
            using var child = ChildProcess.Start("ship", _store.Path, _server.Uri.ToString());
            while (_server.Requests < until && !child.HasExited) await Task.Yield();
            child.Kill();
            await child.WaitForExitAsync(Cancel);
        }

        Assert.True((await Ship()).IsDelivered);
        var run = Assert.Single(_server.State.Runs.Values);
        Assert.Equal(Enumerable.Range(0, metrics).Select(i => (long)i), run.Metrics.Select(metric => metric.Step).Order());
        Assert.Equal("FINISHED", run.Status);
    }

    [Fact]
    public async Task One_event_with_very_many_metrics_is_delivered_in_parts()
    {
        _store.Append(
            [
                Make.Start("a"), Make.Tags("a", ("t", "1")),
                Make.Metrics("a", Enumerable.Range(0, 5500).Select(i => ("m", (double)i, (long)i)).ToArray())]);
        Assert.True((await Ship()).IsDelivered);
        Assert.Equal(5500, RunOf("a").Metrics.Count);
        Assert.Equal(0, RunOf("a").Doubled);
    }

    internal static void ShipForEver(string database, string uri)
    {
        var shipper = OutboxShipper.Start(database, new MlflowOptions { TrackingUri = new Uri(uri) }, Quick);
        Console.WriteLine("begun");
        shipper.FlushAsync(Patience, CancellationToken.None).GetAwaiter().GetResult();
    }

    private FakeRun RunOf(string id) => _server.State.Runs.Values.Single(run => run.Tags["finetune.run_id"] == id);

    private async Task<OutboxStatus> Ship(MlflowOptions? options = null)
    {
        await using var shipper = OutboxShipper.Start(_store.Path, options ?? Options, Quick);
        return await shipper.FlushAsync(Patience, Cancel);
    }
}
