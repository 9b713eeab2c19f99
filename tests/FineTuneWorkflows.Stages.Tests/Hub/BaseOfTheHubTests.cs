using System.Security.Cryptography;
using System.Text.Json;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Stages.Estimates;
using FineTuneWorkflows.Stages.Prediction;
using FineTuneWorkflows.Stages.Tests.Support;
using FineTuneWorkflows.Text.Tests.Sources;
using static FineTuneWorkflows.Text.Tests.Sources.FaultyServer;

namespace FineTuneWorkflows.Stages.Tests.Hub;

/// <summary>Fine-tuning from <c>hf://owner/name</c>, against a server that answers as the hub does: references to other places, a second host for weights, commits.</summary>
[Collection(HubEnvironment.Name)]
public sealed class BaseOfTheHubTests : IAsyncDisposable
{
    private const string Base = "hf://owner/name";

    private readonly HubEnvironment environment = new();
    private readonly Workspace workspace = new();
    private readonly HubServer server = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string CacheFolder => Path.Combine(workspace.Folder, "hub");

    public async ValueTask DisposeAsync()
    {
        environment.Dispose();
        await server.DisposeAsync();
        workspace.Dispose();
    }

    [Fact]
    public async Task A_base_of_the_hub_is_fine_tuned_and_the_card_names_it_with_commit_and_licence()
    {
        await ServeATinyBase();
        var result = await Run();
        Assert.Equal("Fetch:up-to-date Tokenize:executed FineTune:executed", result.Outcomes());
        var card = await File.ReadAllTextAsync(result.Of("FineTune").Artifacts["model"].File("README.md"), Cancel);
        Assert.Contains("\nlicense: apache-2.0\n", card, StringComparison.Ordinal);
        Assert.Contains("\nbase_model: owner/name\n", card, StringComparison.Ordinal);
        Assert.Contains($"It started from [owner/name](https://huggingface.co/owner/name), commit `{HubServer.Commit}`, with these weights:", card, StringComparison.Ordinal);
        Assert.Contains("The base's licence is apache-2.0.", card, StringComparison.Ordinal);
        Assert.Matches("\n- `model.safetensors`, SHA-256 `[0-9a-f]{64}`\n", card);
    }

    [Fact]
    public async Task The_weights_come_in_the_run_of_the_stage_that_trains_and_the_commit_is_kept_with_it()
    {
        await ServeATinyBase();
        var result = await Run();
        var events = workspace.Journal(result.RunId);
        var notes = events.OfType<StageNoted>().Where(n => n.Message.StartsWith("downloading", StringComparison.Ordinal)).ToList();
        Assert.Equal(["Tokenize", "FineTune"], notes.Select(n => n.StageId));
        Assert.All(notes, n => Assert.Matches($"^downloading {Base}@{HubServer.Commit}, [0-9.]+ MB$", n.Message));
        Assert.Equal($"{Base}@{HubServer.Commit}", result.Of("FineTune").Tags["input/BaseModel"]);
        using var engine = Engine.Open(workspace.Home, workspace.Services);
        Assert.Equal($"{Base}@{HubServer.Commit}", engine.Records.Find(result.Of("FineTune").Fingerprint!)!.Document.Files["BaseModel"]);
        Assert.Single(server.StoreRequests);
        Assert.All(server.StoreRequests, r => Assert.False(r.Headers.ContainsKey("Authorization")));
    }

    [Fact]
    public async Task Planning_and_estimating_download_no_weights_and_say_what_a_run_would_download()
    {
        await ServeATinyBase();
        var training = (await Plan())[^1];
        var download = Assert.Single(training.Downloads);
        Assert.Equal(($"{Base}@{HubServer.Commit}", (long?)server.Files.Where(f => f.Key != "notes.txt").Sum(f => f.Value.Length)), (download.Pinned, download.Bytes));
        Assert.False(Directory.Exists(Path.Combine(CacheFolder, "models--owner--name", "snapshots")));

        var estimate = Assert.Single(await TrainingEstimator.OfAsync(Chain(), Cancel));
        Assert.True(estimate.AsItIs.ParameterCount > 0);
        Assert.Empty(server.StoreRequests);
    }

    [Fact]
    public async Task A_branch_that_moves_trains_again_from_its_new_commit_and_nothing_else_does()
    {
        await ServeATinyBase();
        var first = await Run();
        Assert.Equal("Fetch:up-to-date Tokenize:up-to-date FineTune:up-to-date", (await Run()).Outcomes());

        server.Main = HubServer.Later;
        Assert.Equal($"BaseModel moved {Base}@{HubServer.Commit} -> {Base}@{HubServer.Later}", (await Plan()).Single(p => p.Stage.Name == "Tokenize").Reason);
        var second = await Run();
        Assert.Equal("Fetch:up-to-date Tokenize:executed FineTune:executed", second.Outcomes());
        Assert.NotEqual(first.Of("FineTune").Fingerprint, second.Of("FineTune").Fingerprint);
        // The weights are the same: they were copied, not downloaded.
        Assert.Single(server.StoreRequests);

        // A commit never moves.
        Assert.Equal("Fetch:up-to-date Tokenize:up-to-date FineTune:up-to-date", (await Run($"{Base}@{HubServer.Commit}")).Outcomes());
    }

    [Fact]
    public async Task Offline_the_cache_serves_and_without_it_the_plan_says_what_is_missing()
    {
        await ServeATinyBase();
        HubEnvironment.Set(server.Endpoint, CacheFolder, offline: true);
        Assert.Contains("parameter BaseModel: hf://owner/name@main: the hub is not to be asked (HF_HUB_OFFLINE)", (await Run()).Of("Tokenize").Reason, StringComparison.Ordinal);

        HubEnvironment.Set(server.Endpoint, CacheFolder);
        await Run();
        var asked = server.HubRequests.Count();
        HubEnvironment.Set("http://127.0.0.1:9", CacheFolder, offline: true);
        Assert.Equal("Fetch:executed Tokenize:executed FineTune:executed", (await Run(options: new() { ForceAll = true })).Outcomes());
        Assert.Equal(asked, server.HubRequests.Count());
    }

    [Fact]
    public async Task Adapters_name_their_base_by_commit_and_find_it_in_the_cache()
    {
        await ServeATinyBase();
        var result = await workspace.RunAsync(workspace.Chain(
            ("Fetch", "FineTune.FetchData", new { source = workspace.Data }),
            ("Tokenize", "FineTune.Tokenize", new { baseModel = Base, maxLength = 16 }),
            ("FineTune", "FineTune.FineTune", new { baseModel = Base, loraRank = 2, loraMerge = false, epochs = 1, batchSize = 64, threads = 1, device = "cpu" })));
        Assert.True(result.Status == RunStatus.Succeeded, result.Of("FineTune").Reason);
        var adapter = result.Of("FineTune").Artifacts["model"];
        using var config = JsonDocument.Parse(await File.ReadAllBytesAsync(adapter.File("adapter_config.json"), Cancel));
        Assert.Equal(("owner/name", HubServer.Commit), (config.RootElement.GetProperty("base_model_name_or_path").GetString(), config.RootElement.GetProperty("revision").GetString()));

        server.Main = HubServer.Later;
        HubEnvironment.Set("http://127.0.0.1:9", CacheFolder, offline: true);
        using var predictor = TextPredictor.Load(adapter.Path, "cpu");
        Assert.Single(predictor.Predict(["the film was very good !"], cancellationToken: Cancel));
    }

    [Fact]
    public async Task A_model_that_is_not_there_fails_the_plan_naming_the_parameter()
    {
        HubEnvironment.Set(server.Endpoint, CacheFolder, token: "hf_secret");
        server.Instead = _ => HubServer.Refusal(401, "RepoNotFound");
        var training = (await Plan()).Single(p => p.Stage.Name == "Tokenize");
        Assert.Equal(PlannedAction.Fail, training.Action);
        Assert.Contains("parameter BaseModel: hf://owner/name@main: there is no such model, or it is private", training.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("hf_secret", training.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_download_that_is_cancelled_goes_on_where_it_stopped()
    {
        await ServeATinyBase();
        var half = server.Files["model.safetensors"].Length / 2;
        server.Store = (r, content) => Serve(r, content) with { BreakAfter = half, Hang = true };
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = Run(cancellationToken: cancel.Token);
        while (!Directory.Exists(CacheFolder) || !Directory.GetFiles(CacheFolder, "*model.safetensors.part", SearchOption.AllDirectories).Any(f => new FileInfo(f).Length >= half))
            await Task.Delay(20, Cancel);
        await cancel.CancelAsync();
        Assert.Equal(StageOutcome.Cancelled, (await running).Of("FineTune").Outcome);

        server.Store = Serve;
        Assert.Equal("Fetch:up-to-date Tokenize:up-to-date FineTune:executed", (await Run()).Outcomes());
        Assert.Equal(half, server.StoreRequests.Last().From);
    }

    [Fact]
    public async Task A_file_that_another_process_is_downloading_is_waited_for()
    {
        await ServeATinyBase();
        await Run(stages: 2);
        var weights = Path.Combine(CacheFolder, "models--owner--name", "parts", $"{Convert.ToHexStringLower(SHA256.HashData(server.Files["model.safetensors"]))}-model.safetensors.lock");
        Task<RunResult> running;
        await using (new FileStream(weights, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            running = Run();
            await Task.Delay(1500, Cancel);
            Assert.Empty(server.StoreRequests);
        }

        Assert.Equal(RunStatus.Succeeded, (await running).Status);
        Assert.Single(server.StoreRequests);
    }

    /// <summary>Trains a base of a few thousand weights and has the server offer it.</summary>
    private async Task ServeATinyBase()
    {
        var made = await workspace.RunAsync(workspace.Chain(
            ("Fetch", "FineTune.FetchData", new { source = workspace.Data }),
            ("Tokenize", "FineTune.Tokenize", new { vocabulary = "vocab.txt", maxLength = 16 }),
            ("Base", "FineTune.FineTune", new { baseModel = "tiny", layers = 1, hiddenSize = 64, epochs = 1, batchSize = 64, threads = 1, device = "cpu" })));
        Assert.Equal(RunStatus.Succeeded, made.Status);
        var notes = server.Files["notes.txt"];
        server.Files.Clear();
        foreach (var file in Directory.GetFiles(made.Of("Base").Artifacts["model"].Path))
            server.Files[Path.GetFileName(file)] = await File.ReadAllBytesAsync(file, Cancel);
        foreach (var name in server.Files.Keys.Except(["config.json", "model.safetensors", "vocab.txt", "tokenizer_config.json", "tokenizer.json", "special_tokens_map.json"]).ToList())
            server.Files.Remove(name);
        server.Files["README.md"] = "---\nlicense: apache-2.0\n---\n# A base\n"u8.ToArray();
        server.Files["notes.txt"] = notes;
        HubEnvironment.Set(server.Endpoint, CacheFolder, token: "hf_secret");
    }

    private Pipeline Chain(string baseModel = Base, int stages = 3) => workspace.Chain([.. (((string, string, object)[])
    [
        ("Fetch", "FineTune.FetchData", new { source = workspace.Data }),
        ("Tokenize", "FineTune.Tokenize", new { baseModel, maxLength = 16 }),
        ("FineTune", "FineTune.FineTune", new { baseModel, epochs = 1, batchSize = 64, threads = 1, device = "cpu" }),
    ]).Take(stages)]);

    private Task<RunResult> Run(string baseModel = Base, RunOptions? options = null, int stages = 3, CancellationToken cancellationToken = default) =>
        workspace.RunAsync(Chain(baseModel, stages), options, cancellationToken == default ? Cancel : cancellationToken);

    private async Task<IReadOnlyList<PlannedStage>> Plan()
    {
        using var engine = Engine.Open(workspace.Home, workspace.Services);
        return await engine.Runner.PlanAsync(Chain(), new(), Cancel);
    }
}
