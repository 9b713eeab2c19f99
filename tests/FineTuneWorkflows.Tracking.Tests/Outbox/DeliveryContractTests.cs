using System.Text;
using FineTuneWorkflows.Tracking.Events;
using FineTuneWorkflows.Tracking.Mlflow.Entities;
using FineTuneWorkflows.Tracking.Outbox;
using FineTuneWorkflows.Tracking.Store;
using FineTuneWorkflows.Tracking.Tests.Mlflow;

namespace FineTuneWorkflows.Tracking.Tests.Outbox;

/// <summary>A whole run, from events to what a server shows of it; the same for the fake server and a real one.</summary>
public sealed class DeliveryContractTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(ContractServer.All), MemberType = typeof(ContractServer))]
    public async Task A_run_arrives_with_all_that_belongs_to_it(string kind)
    {
        await using var server = ContractServer.Open(kind);
        using var folder = new TemporaryFolder();
        using var store = TrackingStore.Open(folder.File("state.db"));
        var (id, experiment, name) = (ContractServer.Unique("run"), ContractServer.Unique("delivery"), ContractServer.Unique("sentiment"));
        Directory.CreateDirectory(folder.File("model/tokenizer"));
        await File.WriteAllTextAsync(folder.File("model/MLmodel"), "flavors: {}", Cancel);
        await File.WriteAllTextAsync(folder.File("model/tokenizer/vocab.txt"), "[PAD]", Cancel);
        await File.WriteAllTextAsync(folder.File("summary.json"), "{}", Cancel);
        var digest = new string('a', 64);
        var points = Enumerable.Range(1, 2200).Select(i => new MetricPoint("train/loss", 1.0 / i, i, Make.Noon.AddSeconds(i))).ToList();
        store.Append(
        [
            new RunStarted(id, "nightly", experiment, Make.Noon),
            Make.Parameters(id, ("fine-tune.Epochs", "3"), ("prompt", new string('p', 7000))),
            Make.Tags(id, ("mlflow.user", "ann"), ("mlflow.source.git.commit", "abc")),
            new DatasetUsed(id, "imdb", digest, "data/imdb.csv", "training", Profile: "{\"rows\":1000}"),
            new MetricsLogged(id, points),
            Make.Metrics(id, ("test/accuracy", 0.9, 2200), ("bad", double.NaN, 1)),
            new ArtifactProduced(id, "summary.json", folder.File("summary.json")),
            new ModelLogged(
                id, "sentiment", folder.File("model"), digest, Make.Noon.AddHours(1), new Dictionary<string, double> { ["test/f1"] = 0.8 },
                [KeyValuePair.Create("layers", "2")], "imdb", digest, 2200),
            new ModelRegistered(id, name, 7, digest, "the seventh", [KeyValuePair.Create("test/f1", "0.8")]),
            new ModelAliasMoved(id, name, "champion", 7, digest),
            new RunEnded(id, RunStatus.Finished, Make.Noon.AddHours(2)),
        ]);
        // The second time all of it is sent again, as after a lost answer or under another name of the server.
        for (var time = 0; time < 2; time++)
        {
            var options = time == 0 ? server.Options : server.Options with { TrackingUri = new UriBuilder(server.Options.TrackingUri) { Fragment = "again" }.Uri };
            if (time > 0) new OutboxQueue(store, options).AddAll();
            await using var shipper = OutboxShipper.Start(store.Path, options);
            var status = await shipper.FlushAsync(TimeSpan.FromSeconds(60), Cancel);
            Assert.True(status.IsDelivered, $"{status} {shipper.LastFault} {string.Join("; ", new OutboxQueue(store, options).Refused())}");
        }

        var client = server.Client;
        var experimentId = (await client.Experiments.FindAsync(experiment, Cancel))!.ExperimentId;
        var run = Assert.Single((await client.Runs.SearchAsync([experimentId], $"tags.`finetune.run_id` = '{id}'", cancellation: Cancel)).Items);
        Assert.Equal(("nightly", MlflowRunStatus.Finished), (run.Info.RunName, run.Info.Status));
        Assert.Equal((Make.Noon.ToUnixTimeMilliseconds(), Make.Noon.AddHours(2).ToUnixTimeMilliseconds()), (run.Info.StartTime, run.Info.EndTime));
        Assert.Equal("3", run.Data!.Params!.Single(parameter => parameter.Key == "fine-tune.Epochs").Value);
        Assert.Equal(6000, run.Data.Params!.Single(parameter => parameter.Key == "prompt").Value.Length);
        Assert.Equal("ann", run.Data.Tags!.Single(tag => tag.Key == "mlflow.user").Value);
        Assert.True(double.IsNaN(run.Data.Metrics!.Single(metric => metric.Key == "bad").Value));
        var history = (await client.Runs.GetHistoryAsync(run.Info.RunId, "train/loss", cancellation: Cancel)).Items;
        Assert.Equal(points.Select(point => (point.Step, point.Value, point.Time.ToUnixTimeMilliseconds())),
            history.OrderBy(point => point.Step).Select(point => (point.Step, point.Value, point.Timestamp)));

        var input = Assert.Single(run.Inputs!.DatasetInputs!);
        Assert.Equal(("imdb", digest[..36], "{\"uri\":\"data/imdb.csv\"}"), (input.Dataset.Name, input.Dataset.Digest, input.Dataset.Source));
        Assert.Equal(digest, input.Tags!.Single(tag => tag.Key == "finetune.digest").Value);
        Assert.Equal(
            ["cut", "summary.json"], (await client.Artifacts.ListAsync(run.Info.ArtifactUri, cancellation: Cancel)).Select(file => file.Path));

        var output = Assert.Single(run.Outputs!.ModelOutputs!);
        var model = await client.LoggedModels.GetAsync(output.ModelId, Cancel);
        Assert.Equal(("LOGGED_MODEL_READY", run.Info.RunId, 2200L), (model.Info.Status, model.Info.SourceRunId, output.Step));
        Assert.Contains(model.Data!.Metrics!, metric => metric.Key == "test/f1" && metric.Value == 0.8);
        await client.Artifacts.DownloadFolderAsync(model.Info.ArtifactUri, "", folder.File("down"), Cancel);
        Assert.Equal("[PAD]", await File.ReadAllTextAsync(folder.File("down/tokenizer/vocab.txt"), Encoding.UTF8, Cancel));
        // The file says whose it is; the one here knows no server.
        var described = await File.ReadAllTextAsync(folder.File("down/MLmodel"), Encoding.UTF8, Cancel);
        Assert.Equal(
            $"artifact_path: \"{model.Info.ArtifactUri}\"\nflavors: {{}}\nmodel_id: {output.ModelId}\nrun_id: {run.Info.RunId}\nutc_time_created: '{Make.Noon.AddHours(1).UtcDateTime:yyyy-MM-dd HH:mm:ss}.000000'\n",
            described);
        Assert.Equal("flavors: {}", await File.ReadAllTextAsync(folder.File("model/MLmodel"), Cancel));

        var version = (await client.Registry.FindAliasAsync(name, "champion", Cancel))!;
        Assert.Equal(("1", run.Info.RunId, "the seventh"), (version.Version, version.RunId, version.Description));
        Assert.Equal("7", version.Tags!.Single(tag => tag.Key == "finetune.version").Value);
        Assert.Equal("0.8", version.Tags!.Single(tag => tag.Key == "test/f1").Value);
    }

    [Theory, MemberData(nameof(ContractServer.All), MemberType = typeof(ContractServer))]
    public async Task A_later_run_describes_measures_and_registers_what_an_earlier_one_made(string kind)
    {
        await using var server = ContractServer.Open(kind);
        using var folder = new TemporaryFolder();
        using var store = TrackingStore.Open(folder.File("state.db"));
        var (first, second, experiment, name) =
            (ContractServer.Unique("first"), ContractServer.Unique("second"), ContractServer.Unique("later"), ContractServer.Unique("mood"));
        Directory.CreateDirectory(folder.File("model"));
        await File.WriteAllTextAsync(folder.File("model/MLmodel"), "flavors: {}", Cancel);
        var (digest, data) = (new string('b', 64), new string('c', 64));
        var accuracy = new MetricPoint("test/accuracy", 0.9, 0, Make.Noon.AddMinutes(1));
        store.Append(
        [
            new RunStarted(first, "first", experiment, Make.Noon),
            new ModelLogged(first, "mood", folder.File("model"), digest, Make.Noon),
            new RunEnded(first, RunStatus.Finished, Make.Noon),
            new RunStarted(second, "second", experiment, Make.Noon),
            new DatasetUsed(second, "test", data, "a.csv", "testing"),
            new MetricsLogged(second, [accuracy]),
            new ModelMeasured(second, digest, [accuracy], "test", data),
            new ModelMeasured(second, new string('d', 64), [accuracy]),
            new ModelRegistered(second, name, 1, digest),
            new RunDescribed(second, $"made by {RunDescribed.Reference(first)}, not by {RunDescribed.Reference("nobody")}"),
            new RunEnded(second, RunStatus.Finished, Make.Noon.AddMinutes(2)),
        ]);
        await using (var shipper = OutboxShipper.Start(store.Path, server.Options))
        {
            var status = await shipper.FlushAsync(TimeSpan.FromSeconds(60), Cancel);
            Assert.True(status is { IsDelivered: true, Refused: 0 }, $"{status} {shipper.LastFault} {string.Join("; ", new OutboxQueue(store, server.Options).Refused())}");
        }

        var client = server.Client;
        var experimentId = (await client.Experiments.FindAsync(experiment, Cancel))!.ExperimentId;
        var runs = (await client.Runs.SearchAsync([experimentId], cancellation: Cancel)).Items.ToDictionary(run => run.Info.RunName!);
        var model = await client.LoggedModels.GetAsync(Assert.Single(runs["first"].Outputs!.ModelOutputs!).ModelId, Cancel);
        var measured = Assert.Single(model.Data!.Metrics!);
        Assert.Equal(("test/accuracy", 0.9, "test", data[..36]), (measured.Key, measured.Value, measured.DatasetName, measured.DatasetDigest));
        Assert.Single((await client.Runs.GetHistoryAsync(runs["second"].Info.RunId, "test/accuracy", cancellation: Cancel)).Items);
        var note = runs["second"].Data!.Tags!.Single(tag => tag.Key == RunDescribed.Tag).Value;
        Assert.Matches($@"^made by \[{first}\]\(http.*/runs/{runs["first"].Info.RunId}\), not by nobody$", note);
        var version = Assert.Single((await client.Registry.SearchVersionsAsync($"name = '{name}'", cancellation: Cancel)).Items);
        Assert.Equal((runs["second"].Info.RunId, $"models:/{model.Info.ModelId}"), (version.RunId, version.Source));
    }

    /// <summary>Against a real server the process dies 50 times, against the fake one 5 times: the test of every build must be short.</summary>
    [Theory, MemberData(nameof(ContractServer.All), MemberType = typeof(ContractServer))]
    public async Task However_often_the_delivering_process_is_killed_the_server_ends_up_with_what_was_logged(string kind)
    {
        var (kills, metrics) = kind == "real" ? (50, 100_000) : (5, 20_000);
        await using var server = ContractServer.Open(kind);
        using var folder = new TemporaryFolder();
        using var store = TrackingStore.Open(folder.File("state.db"));
        var (id, experiment) = (ContractServer.Unique("run"), ContractServer.Unique("killed"));
        store.Append([new RunStarted(id, "killed", experiment, Make.Noon), Make.Parameters(id, ("p", "1"))]);
        for (var step = 0; step < metrics; step += 10)
            store.Append(
                [
                    new MetricsLogged(id, Enumerable.Range(step, 10).Select(i => new MetricPoint("m", i, i, Make.Noon)).ToList()),
                    Make.Tags(id, ("at", $"{step}"))]);
        store.Append([new RunEnded(id, RunStatus.Finished, Make.Noon)]);

        var queue = new OutboxQueue(store, server.Options);
        for (var kill = 0; kill < kills; kill++)
        {
            using var child = ChildProcess.Start("ship", store.Path, server.Options.TrackingUri.ToString());
            await child.StandardOutput.ReadLineAsync(Cancel); // It has begun.
            // Every other time it is killed as soon as it lives, else in the midst of its work.
            var goal = queue.Status().Metrics - ((kill % 2) * (metrics / kills / 2));
            while (queue.Status().Metrics > goal && !child.HasExited) await Task.Yield();
            child.Kill();
            await child.WaitForExitAsync(Cancel);
        }

        Assert.NotEqual(0, queue.Status().Metrics);
        await using (var shipper = OutboxShipper.Start(store.Path, server.Options))
            Assert.True((await shipper.FlushAsync(TimeSpan.FromSeconds(120), Cancel)).IsDelivered);
        var experimentId = (await server.Client.Experiments.FindAsync(experiment, Cancel))!.ExperimentId;
        var run = Assert.Single((await server.Client.Runs.SearchAsync([experimentId], cancellation: Cancel)).Items);
        Assert.Equal(MlflowRunStatus.Finished, run.Info.Status);
        Assert.Equal(
            (metrics - 10).ToString(System.Globalization.CultureInfo.InvariantCulture), run.Data!.Tags!.Single(tag => tag.Key == "at").Value);
        var steps = new List<long>();
        for (string? token = null; steps.Count == 0 || token is not null;)
        {
            var page = await server.Client.Runs.GetHistoryAsync(run.Info.RunId, "m", pageToken: token, cancellation: Cancel);
            steps.AddRange(page.Items.Select(point => point.Step));
            token = page.NextPageToken;
        }

        Assert.Equal(Enumerable.Range(0, metrics).Select(i => (long)i), steps.Order());
    }
}
