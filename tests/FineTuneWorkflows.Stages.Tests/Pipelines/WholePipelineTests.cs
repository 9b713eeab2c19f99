using System.Security.Cryptography;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Stages.Prediction;
using FineTuneWorkflows.Stages.Tests.Support;

namespace FineTuneWorkflows.Stages.Tests.Pipelines;

public sealed class WholePipelineTests : IDisposable
{
    private readonly Workspace workspace = new();

    [Fact]
    public async Task All_six_stages_run_and_the_second_time_none_does()
    {
        var first = await workspace.RunAsync(workspace.Whole());
        Assert.True(first.Status == RunStatus.Succeeded, string.Join("; ", first.Stages.Select(s => $"{s.Stage.Name}: {s.Result.Reason}")));
        Assert.Equal("Fetch:executed Augment:executed Tokenize:executed FineTune:executed Evaluate:executed Register:executed", first.Outcomes());
        Assert.InRange(first.Metrics()["test/accuracy"], 0.8, 1.0);
        Assert.InRange(first.Metrics()["baseline/accuracy"], 0.5, 1.0);
        Assert.Equal(("mood", "1", "champion"), (first.Tags()["model/name"], first.Tags()["model/version"], first.Tags()["model/alias"]));

        var second = await workspace.RunAsync(workspace.Whole());
        Assert.Equal("Fetch:up-to-date Augment:up-to-date Tokenize:up-to-date FineTune:up-to-date Evaluate:up-to-date Register:up-to-date", second.Outcomes());
        Assert.Equal(first.Metrics(), second.Metrics());
    }

    [Fact]
    public async Task A_changed_learning_rate_reruns_training_and_what_is_below()
    {
        await workspace.RunAsync(workspace.Whole());
        var result = await workspace.RunAsync(workspace.Whole(train: Workspace.Training(learningRate: 2e-3)));
        Assert.Equal("Fetch:up-to-date Augment:up-to-date Tokenize:up-to-date FineTune:executed Evaluate:executed Register:executed", result.Outcomes());
        Assert.Equal("LearningRate changed 0.003 -> 0.002", result.Of("FineTune").Reason);
    }

    [Fact]
    public async Task The_saved_model_has_Hugging_Face_s_layout_and_predicts()
    {
        var model = (await workspace.RunAsync(workspace.Whole())).Of("FineTune").Artifacts["model"];
        Assert.Equal(
            ["README.md", "calibration.json", "config.json", "model.safetensors", "model_input.json", "tokenizer_config.json", "vocab.txt"],
            Directory.GetFiles(model.Path).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        var folder = ModelLocator.Find("mood@champion", workspace.Home, workspace.Services.Registry);
        Assert.Equal(model.Path, folder);
        using var predictor = TextPredictor.Load(folder, "cpu");
        var predictions = predictor.Predict(["the film was superb", "the film was awful", "", "\u0007\ud83d\ude00"], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(["positive", "negative"], predictions.Take(2).Select(p => p.Label));
        Assert.All(predictions, p => Assert.Equal(1, p.Probabilities.Sum(c => c.Value), 1e-6));
    }

    [Fact]
    public async Task A_fine_tuned_model_can_be_the_base_of_the_next()
    {
        var first = (await workspace.RunAsync(workspace.Whole())).Of("FineTune").Artifacts["model"].Path;
        var next = workspace.Chain(
            ("Fetch", "FineTune.FetchData", new { source = workspace.Data }),
            ("Tokenize", "FineTune.Tokenize", new { baseModel = first, maxLength = 16 }),
            ("FineTune", "FineTune.FineTune", new { baseModel = first, epochs = 1, learningRate = 1e-4, threads = 1, device = "cpu", layers = 1 }));
        var result = await workspace.RunAsync(next);
        Assert.Equal("Fetch:up-to-date Tokenize:executed FineTune:executed", result.Outcomes());
        Assert.InRange(result.Metrics()["validation/accuracy"], 0.8, 1.0);
    }

    [Fact]
    public async Task A_cancelled_training_goes_on_from_its_checkpoint_to_the_same_bytes()
    {
        using var other = new Workspace();
        var whole = Hash((await other.RunAsync(other.Whole())).Of("FineTune").Artifacts["model"].File("model.safetensors"));

        using var cancel = new CancellationTokenSource();
        var cancelled = await workspace.RunAsync(workspace.Whole(), cancellationToken: cancel.Token, observers: new At(step: 5, cancel.Cancel));
        Assert.Equal((RunStatus.Cancelled, StageOutcome.Cancelled), (cancelled.Status, cancelled.Of("FineTune").Outcome));

        var result = await workspace.RunAsync(workspace.Whole());
        Assert.Equal("Fetch:up-to-date Augment:up-to-date Tokenize:up-to-date FineTune:executed Evaluate:executed Register:executed", result.Outcomes());
        Assert.Contains(workspace.Journal(result.RunId).OfType<StageNoted>(), n => n.Message.StartsWith("continues at step 5 of", StringComparison.Ordinal));
        Assert.Equal(whole, Hash(result.Of("FineTune").Artifacts["model"].File("model.safetensors")));
    }

    [Fact]
    public async Task An_interrupted_training_with_another_batch_size_is_said_to_be_left_behind()
    {
        using var cancel = new CancellationTokenSource();
        await workspace.RunAsync(workspace.Whole(), cancellationToken: cancel.Token, observers: new At(step: 5, cancel.Cancel));
        var result = await workspace.RunAsync(workspace.Whole(train: new { baseModel = "tiny", epochs = 3, learningRate = 3e-3, batchSize = 12, threads = 1, device = "cpu" }));
        Assert.Contains(
            workspace.Journal(result.RunId).OfType<StageNoted>(),
            n => n.Message == "A training of the same model and data, interrupted after step 5, is left behind: BatchSize was 16 and is 12. As it was, it would go on.");
    }

    [Fact]
    public async Task A_truncated_checkpoint_is_said_and_the_one_before_taken()
    {
        using var other = new Workspace();
        var whole = Hash((await other.RunAsync(other.Whole())).Of("FineTune").Artifacts["model"].File("model.safetensors"));

        using var cancel = new CancellationTokenSource();
        await workspace.RunAsync(workspace.Whole(), cancellationToken: cancel.Token, observers: new At(step: 5, cancel.Cancel));
        var newest = Directory.GetDirectories(workspace.Home.Work, "step-*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last();
        using (var file = new FileStream(Path.Combine(newest, "model.safetensors"), FileMode.Open))
            file.SetLength(file.Length / 2);

        var result = await workspace.RunAsync(workspace.Whole());
        Assert.Equal(RunStatus.Succeeded, result.Status);
        var notes = workspace.Journal(result.RunId).OfType<StageNoted>().Select(n => n.Message).ToList();
        Assert.Contains(notes, n => n.StartsWith($"the checkpoint {Path.GetFileName(newest)} is not used:", StringComparison.Ordinal));
        Assert.Contains(notes, n => n.StartsWith("continues at step 4 of", StringComparison.Ordinal));
        Assert.Equal(whole, Hash(result.Of("FineTune").Artifacts["model"].File("model.safetensors")));
    }

    [Fact]
    public async Task A_truncated_model_is_noticed_and_trained_again()
    {
        var first = await workspace.RunAsync(workspace.Whole());
        var path = first.Of("FineTune").Artifacts["model"].File("model.safetensors");
        var before = Hash(path);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using (var file = new FileStream(path, FileMode.Open))
            file.SetLength(1000);
        var second = await workspace.RunAsync(workspace.Whole());
        Assert.Equal("Fetch:up-to-date Augment:up-to-date Tokenize:up-to-date FineTune:executed Evaluate:up-to-date Register:up-to-date", second.Outcomes());
        Assert.Contains("its artifact `model` is damaged: model.safetensors has 1000 bytes", second.Of("FineTune").Reason, StringComparison.Ordinal);
        Assert.Equal(before, Hash(path));
    }

    public void Dispose() => workspace.Dispose();

    private static string Hash(string path) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));

    private sealed class At(long step, Action act) : IRunObserver
    {
        public void OnEvent(RunEvent runEvent)
        {
            if (runEvent is MetricsLogged metrics && metrics.Step == step)
                act();
        }
    }
}
