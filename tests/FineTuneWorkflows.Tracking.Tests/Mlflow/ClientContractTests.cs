using FineTuneWorkflows.Tracking.Mlflow;
using FineTuneWorkflows.Tracking.Mlflow.Entities;

namespace FineTuneWorkflows.Tracking.Tests.Mlflow;

/// <summary>What the client and a server do together; the same for the fake server and a real one.</summary>
public sealed class ClientContractTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(ContractServer.All), MemberType = typeof(ContractServer))]
    public async Task The_server_tells_its_version(string kind)
    {
        await using var server = ContractServer.Open(kind);
        var version = await server.Client.GetServerVersionAsync(Cancel);
        TestContext.Current.SendDiagnosticMessage("MLflow server version: {0}", version);
        Assert.NotEmpty(version);
    }

    [Theory, MemberData(nameof(ContractServer.All), MemberType = typeof(ContractServer))]
    public async Task An_experiment_is_made_once_found_renamed_tagged_deleted_and_restored(string kind)
    {
        await using var server = ContractServer.Open(kind);
        var (experiments, name) = (server.Client.Experiments, ContractServer.Unique("experiment"));
        Assert.Null(await experiments.FindAsync(name, Cancel));
        var id = await experiments.GetOrCreateAsync(name, Cancel);
        Assert.Equal(id, await experiments.GetOrCreateAsync(name, Cancel));
        Assert.True((await Assert.ThrowsAsync<MlflowException>(() => experiments.CreateAsync(name, cancellation: Cancel))).IsAlreadyThere);

        await experiments.SetTagAsync(id, "team", "text", Cancel);
        await experiments.RenameAsync(id, name + "-renamed", Cancel);
        var read = await experiments.GetAsync(id, Cancel);
        Assert.Equal(name + "-renamed", read.Name);
        Assert.Equal(new MlflowTag("team", "text"), Assert.Single(read.Tags!));
        Assert.Equal(id, Assert.Single((await experiments.SearchAsync($"name = '{name}-renamed'", cancellation: Cancel)).Items).ExperimentId);

        await experiments.DeleteAsync(id, Cancel);
        Assert.Equal("deleted", (await experiments.GetAsync(id, Cancel)).LifecycleStage);
        var error = await Assert.ThrowsAsync<MlflowException>(() => experiments.GetOrCreateAsync(name + "-renamed", Cancel));
        Assert.Contains("was deleted on the server", error.Message, StringComparison.Ordinal);
        await experiments.RestoreAsync(id, Cancel);
        Assert.Equal("active", (await experiments.GetAsync(id, Cancel)).LifecycleStage);
    }

    [Theory, MemberData(nameof(ContractServer.All), MemberType = typeof(ContractServer))]
    public async Task A_run_keeps_what_is_logged(string kind)
    {
        await using var server = ContractServer.Open(kind);
        var (runs, run) = await NewRun(server);
        await runs.LogBatchAsync(
            run, [
                new("train/loss", 0.5, 1000, 1), new("train/loss", 0.25, 2000, 2), new("odd name: a-b.c", double.NaN, 3000, -1),
                new("inf", double.PositiveInfinity, 1)],
            [new("fine-tune.Epochs", "3"), new("empty", ""), new("umlaut", "schön 🎉")], [new("note", "a\nb")], Cancel);
        await runs.SetTagAsync(run, "mlflow.user", "ann", Cancel);

        var read = await runs.GetAsync(run, Cancel);
        Assert.Equal(1_700_000_000_000, read.Info.StartTime);
        Assert.Equal(MlflowRunStatus.Running, read.Info.Status);
        var metrics = read.Data!.Metrics!.ToDictionary(metric => metric.Key);
        Assert.Equal((0.25, 2L, 2000L), (metrics["train/loss"].Value, metrics["train/loss"].Step, metrics["train/loss"].Timestamp));
        Assert.Equal((double.NaN, -1L), (metrics["odd name: a-b.c"].Value, metrics["odd name: a-b.c"].Step));
        Assert.Equal(double.MaxValue, metrics["inf"].Value);
        var parameters = read.Data.Params!.ToDictionary(parameter => parameter.Key, parameter => parameter.Value);
        Assert.Equal(("3", "", "schön 🎉"), (parameters["fine-tune.Epochs"], parameters["empty"], parameters["umlaut"]));
        var tags = read.Data.Tags!.ToDictionary(tag => tag.Key, tag => tag.Value);
        Assert.Equal(("a\nb", "ann", "contract"), (tags["note"], tags["mlflow.user"], tags["mlflow.runName"]));
        Assert.DoesNotContain("gone", tags.Keys);

        var ended = await runs.UpdateAsync(run, MlflowRunStatus.Finished, 1_700_000_005_000, cancellation: Cancel);
        Assert.Equal((MlflowRunStatus.Finished, 1_700_000_005_000), (ended.Status, ended.EndTime));
        Assert.Equal(MlflowRunStatus.Running, (await runs.UpdateAsync(run, MlflowRunStatus.Running, cancellation: Cancel)).Status);
    }

    [Theory, MemberData(nameof(ContractServer.All), MemberType = typeof(ContractServer))]
    public async Task Logging_the_same_again_changes_nothing_and_a_changed_parameter_is_refused(string kind)
    {
        await using var server = ContractServer.Open(kind);
        var (runs, run) = await NewRun(server);
        for (var i = 0; i < 2; i++)
            await runs.LogBatchAsync(run, [new("m", 1, 1000, 1), new("m", 2, 1000, 1)], [new("p", "1")], [new("t", "1")], Cancel);
        Assert.Equal([1, 2], (await runs.GetHistoryAsync(run, "m", cancellation: Cancel)).Items.Select(point => point.Value).Order());
        var error = await Assert.ThrowsAsync<MlflowException>(() => runs.LogBatchAsync(run, parameters: [new("p", "2")], cancellation: Cancel));
        Assert.Equal("INVALID_PARAMETER_VALUE", error.ErrorCode);
        Assert.False(error.IsTransient);
    }

    [Theory, MemberData(nameof(ContractServer.All), MemberType = typeof(ContractServer))]
    public async Task Batches_of_any_size_are_split_to_what_the_server_takes(string kind)
    {
        await using var server = ContractServer.Open(kind);
        var (runs, run) = await NewRun(server);
        var metrics = Enumerable.Range(0, 2500).Select(i => new MlflowMetric("m", i, 1000 + i, i)).ToList();
        var parameters = Enumerable.Range(0, 230).Select(i => new MlflowParam($"p{i}", new string('x', 6000))).ToList();
        var tags = Enumerable.Range(0, 110).Select(i => new MlflowTag($"t{i}", new string('ü', 8000))).ToList();
        await runs.LogBatchAsync(run, metrics, parameters, tags, Cancel);
        var read = await runs.GetAsync(run, Cancel);
        Assert.Equal(230, read.Data!.Params!.Count);
        Assert.All(read.Data.Params, parameter => Assert.Equal(6000, parameter.Value.Length));
        Assert.Equal(110, read.Data.Tags!.Count(tag => tag.Value.Length == 8000));

        var steps = new List<long>();
        string? token = null;
        do
        {
            var page = await runs.GetHistoryAsync(run, "m", 1000, token, Cancel);
            steps.AddRange(page.Items.Select(point => point.Step));
            token = page.NextPageToken;
        }
        while (token is not null);

        Assert.Equal(Enumerable.Range(0, 2500).Select(i => (long)i), steps.Order());
    }

    [Theory, MemberData(nameof(ContractServer.All), MemberType = typeof(ContractServer))]
    public async Task Runs_are_searched_by_tag_in_pages(string kind)
    {
        await using var server = ContractServer.Open(kind);
        var runs = server.Client.Runs;
        var experiment = await server.Client.Experiments.GetOrCreateAsync(ContractServer.Unique("search"), Cancel);
        var made = new List<string>();
        for (var i = 0; i < 3; i++)
            made.Add((await runs.CreateAsync(experiment, $"r{i}", 1000 + i, [new("finetune.run_id", $"id{i % 2}")], Cancel)).Info.RunId);
        Assert.Equal(
            [made[1]],
            (await runs.SearchAsync([experiment], "tags.`finetune.run_id` = 'id1'", cancellation: Cancel)).Items.Select(run => run.Info.RunId));

        var first = await runs.SearchAsync([experiment], maxResults: 2, cancellation: Cancel);
        var second = await runs.SearchAsync([experiment], maxResults: 2, pageToken: first.NextPageToken, cancellation: Cancel);
        Assert.Equal([made[2], made[1], made[0]], first.Items.Concat(second.Items).Select(run => run.Info.RunId));
        Assert.Null(second.NextPageToken);

        await runs.DeleteAsync(made[0], Cancel);
        Assert.Equal(2, (await runs.SearchAsync([experiment], cancellation: Cancel)).Items.Count);
        await runs.RestoreAsync(made[0], Cancel);
        Assert.Equal(3, (await runs.SearchAsync([experiment], cancellation: Cancel)).Items.Count);
    }

    [Theory, MemberData(nameof(ContractServer.All), MemberType = typeof(ContractServer))]
    public async Task A_run_s_data_sets_are_logged_once_with_their_context(string kind)
    {
        await using var server = ContractServer.Open(kind);
        var (runs, run) = await NewRun(server);
        var input = new MlflowDatasetInput(
            new("imdb", "0123456789", "local", "{\"uri\":\"data/imdb.csv\"}"), [new("mlflow.data.context", "training")]);
        await runs.LogInputsAsync(run, [input], cancellation: Cancel);
        await runs.LogInputsAsync(run, [input], cancellation: Cancel);
        var read = Assert.Single((await runs.GetAsync(run, Cancel)).Inputs!.DatasetInputs!);
        Assert.Equal(input.Dataset, read.Dataset);
        Assert.Contains(new MlflowTag("mlflow.data.context", "training"), read.Tags!);
        await Assert.ThrowsAsync<TrackingException>(
            () => runs.LogInputsAsync(run, [input with { Dataset = input.Dataset with { Digest = new string('0', 37) } }], cancellation: Cancel));
    }

    [Theory, MemberData(nameof(ContractServer.All), MemberType = typeof(ContractServer))]
    public async Task What_is_not_there_is_said_to_be_missing(string kind)
    {
        await using var server = ContractServer.Open(kind);
        var error = await Assert.ThrowsAsync<MlflowException>(() => server.Client.Runs.GetAsync("0123456789abcdef0123456789abcdef", Cancel));
        Assert.True(error.IsNotFound);
        Assert.Equal("RESOURCE_DOES_NOT_EXIST", error.ErrorCode);
        Assert.Contains("GET api/2.0/mlflow/runs/get", error.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(ContractServer.All), MemberType = typeof(ContractServer))]
    public async Task Files_go_up_and_come_down_equal(string kind)
    {
        await using var server = ContractServer.Open(kind);
        using var folder = new TemporaryFolder();
        var (_, run) = await NewRun(server);
        var uri = (await server.Client.Runs.GetAsync(run, Cancel)).Info.ArtifactUri;
        Directory.CreateDirectory(folder.File("up/sub dir"));
        var large = new byte[300_000];
        for (var i = 0; i < large.Length; i++) large[i] = (byte)(i * 31);
        await File.WriteAllBytesAsync(folder.File("up/large.bin"), large, Cancel);
        await File.WriteAllTextAsync(folder.File("up/sub dir/50% x+.txt"), "hello", Cancel);
        await File.WriteAllBytesAsync(folder.File("up/empty"), [], Cancel);

        var seen = new List<long>();
        await server.Client.Artifacts.UploadFolderAsync(uri, "model", folder.File("up"), new Immediate(seen.Add), Cancel);
        await server.Client.Artifacts.UploadTextAsync(uri, "note.txt", "a note", Cancel);
        Assert.Equal(300_005, seen[^1]);
        Assert.Equal(["model", "note.txt"], (await server.Client.Artifacts.ListAsync(uri, cancellation: Cancel)).Select(file => file.Path));
        var listed = await server.Client.Artifacts.ListAsync(uri, "model", Cancel);
        Assert.Equal([("model/empty", false, 0L), ("model/large.bin", false, 300_000L), ("model/sub dir", true, 0L)],
            listed.Select(file => (file.Path, file.IsDir, file.FileSize ?? 0)));

        await server.Client.Artifacts.DownloadFolderAsync(uri, "model", folder.File("down"), Cancel);
        Assert.Equal(large, await File.ReadAllBytesAsync(folder.File("down/large.bin"), Cancel));
        Assert.Equal("hello", await File.ReadAllTextAsync(folder.File("down/sub dir/50% x+.txt"), Cancel));
        Assert.Empty(await File.ReadAllBytesAsync(folder.File("down/empty"), Cancel));
        await Assert.ThrowsAsync<MlflowException>(
            () => server.Client.Artifacts.DownloadAsync(uri, "nothing", folder.File("nothing"), cancellation: Cancel));
        Assert.False(File.Exists(folder.File("nothing")));
        foreach (var path in new[] { "../x", "/x", "a//b", "a#b", "a%41" })
            await Assert.ThrowsAsync<TrackingException>(() => server.Client.Artifacts.UploadTextAsync(uri, path, "x", Cancel));
        await Assert.ThrowsAsync<TrackingException>(
            () => server.Client.Artifacts.UploadAsync(uri, "x", folder.File("no such file"), cancellation: Cancel));
    }

    [Theory, MemberData(nameof(ContractServer.All), MemberType = typeof(ContractServer))]
    public async Task A_server_that_takes_no_parts_gets_the_file_whole(string kind)
    {
        await using var server = ContractServer.Open(kind);
        using var client = new MlflowClient(server.Options with { MultipartThreshold = 10, PartSize = 5 });
        using var folder = new TemporaryFolder();
        var (_, run) = await NewRun(server);
        var uri = (await client.Runs.GetAsync(run, Cancel)).Info.ArtifactUri;
        await File.WriteAllTextAsync(folder.File("f"), "twelve bytes", Cancel);
        await client.Artifacts.UploadAsync(uri, "deep/f", folder.File("f"), cancellation: Cancel);
        await client.Artifacts.DownloadAsync(uri, "deep/f", folder.File("g"), cancellation: Cancel);
        Assert.Equal("twelve bytes", await File.ReadAllTextAsync(folder.File("g"), Cancel));
    }

    [Theory, MemberData(nameof(ContractServer.All), MemberType = typeof(ContractServer))]
    public async Task A_logged_model_becomes_a_version_with_an_alias(string kind)
    {
        await using var server = ContractServer.Open(kind);
        var (runs, run) = await NewRun(server);
        var experiment = (await runs.GetAsync(run, Cancel)).Info.ExperimentId;
        var (models, registry, name) = (server.Client.LoggedModels, server.Client.Registry, ContractServer.Unique("it's a model"));
        var model = await models.CreateAsync(
            experiment, "sentiment", run, [new("layers", "2")], [new("finetune.digest", "d1")], cancellation: Cancel);
        Assert.Equal("LOGGED_MODEL_PENDING", model.Info.Status);
        await server.Client.Artifacts.UploadTextAsync(model.Info.ArtifactUri, "MLmodel", "flavors: {}", Cancel);
        Assert.Equal("LOGGED_MODEL_READY", (await models.FinishAsync(model.Info.ModelId, true, Cancel)).Info.Status);
        await runs.LogOutputsAsync(run, [new(model.Info.ModelId, 7)], Cancel);
        await runs.LogBatchAsync(run, [new("test/accuracy", 0.9, 1000, 7, model.Info.ModelId)], cancellation: Cancel);
        Assert.Equal(new MlflowModelOutput(model.Info.ModelId, 7), Assert.Single((await runs.GetAsync(run, Cancel)).Outputs!.ModelOutputs!));
        var read = await models.GetAsync(model.Info.ModelId, Cancel);
        Assert.Equal("d1", read.Info.Tags!.Single(tag => tag.Key == "finetune.digest").Value);
        Assert.Equal(0.9, Assert.Single(read.Data!.Metrics!).Value);
        var found = await models.SearchAsync([experiment], $"source_run_id = '{run}' AND tags.`finetune.digest` = 'd1'", cancellation: Cancel);
        Assert.Equal(model.Info.ModelId, Assert.Single(found.Items).Info.ModelId);

        await registry.EnsureAsync(name, cancellation: Cancel);
        await registry.EnsureAsync(name, cancellation: Cancel);
        Assert.True((await Assert.ThrowsAsync<MlflowException>(() => registry.CreateAsync(name, cancellation: Cancel))).IsAlreadyThere);
        var version = await registry.CreateVersionAsync(
            name, $"models:/{model.Info.ModelId}", run, model.Info.ModelId, "the first", [new("finetune.digest", "d1")], Cancel);
        Assert.Equal("1", version.Version);
        Assert.Null(await registry.FindAliasAsync(name, "champion", Cancel));
        await registry.SetAliasAsync(name, "champion", "1", Cancel);
        await registry.SetAliasAsync(name, "champion", "1", Cancel);
        Assert.Equal("1", (await registry.FindAliasAsync(name, "champion", Cancel))!.Version);
        Assert.Equal(new MlflowModelAlias("champion", "1"), Assert.Single((await registry.GetAsync(name, Cancel)).Aliases!));
        await registry.SetVersionTagAsync(name, "1", "k", "v", Cancel);
        await registry.DescribeAsync(name, "a model", Cancel);
        await registry.SetTagAsync(name, "k", "v", Cancel);
        var readVersion = await registry.GetVersionAsync(name, "1", Cancel);
        Assert.Equal(("the first", run), (readVersion.Description, readVersion.RunId));
        Assert.Equal(
            "1",
            Assert.Single(
                (await registry.SearchVersionsAsync($"name = \"{name}\" AND tags.`finetune.digest` = 'd1'", cancellation: Cancel)).Items).Version);
        Assert.Equal("a model", Assert.Single((await registry.SearchAsync($"name = \"{name}\"", cancellation: Cancel)).Items).Description);

        await registry.DeleteAliasAsync(name, "champion", Cancel);
        Assert.Null(await registry.FindAliasAsync(name, "champion", Cancel));
        await registry.DeleteVersionAsync(name, "1", Cancel);
        await registry.DeleteAsync(name, Cancel);
        Assert.True((await Assert.ThrowsAsync<MlflowException>(() => registry.GetAsync(name, Cancel))).IsNotFound);
        Assert.Null(await registry.FindAliasAsync(name, "champion", Cancel));
    }

    private static async Task<(MlflowRuns Runs, string Run)> NewRun(ContractServer server)
    {
        var experiment = await server.Client.Experiments.GetOrCreateAsync(ContractServer.Unique("contract"), Cancel);
        var run = await server.Client.Runs.CreateAsync(experiment, "contract", 1_700_000_000_000, cancellation: Cancel);
        return (server.Client.Runs, run.Info.RunId);
    }

    private sealed class Immediate(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}
