using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Stages.Tests.Support;

namespace FineTuneWorkflows.Stages.Tests.FineTune;

/// <summary>The names under which a training's metrics are logged, which dashboards and gates are built on.</summary>
public sealed class TrainingReporterTests : IDisposable
{
    private readonly Workspace workspace = new();

    [Fact]
    public async Task Each_step_each_epoch_and_the_end_log_their_metrics_by_these_names()
    {
        var result = await workspace.RunAsync(workspace.Chain(
            ("Fetch", "FineTune.FetchData", new { source = workspace.Data }),
            ("Tokenize", "FineTune.Tokenize", new { vocabulary = "vocab.txt", maxLength = 16 }),
            ("FineTune", "FineTune.FineTune", Workspace.Training(epochs: 2))));
        Assert.Equal(RunStatus.Succeeded, result.Status);
        var logged = workspace.Journal(result.RunId).OfType<MetricsLogged>().Where(m => m.StageId == "FineTune").ToList();
        var steps = logged.Where(m => m.Values.ContainsKey("train/loss")).ToList();
        Assert.All(steps, m => Assert.Equal(
            ["train/gradient_norm", "train/learning_rate", "train/loss", "train/mfu", "train/padding_share", "train/seconds_left", "train/tokens_per_second"], m.Values.Keys.Order(StringComparer.Ordinal)));
        Assert.Equal(Enumerable.Range(1, steps.Count).Select(step => (long)step), steps.Select(m => m.Step));
        Assert.All(steps, m => Assert.True(m.Values["train/tokens_per_second"] > 0 && m.Values["train/mfu"] > 0 && m.Values["train/padding_share"] is >= 0 and < 1 && m.Values["train/seconds_left"] >= 0));
        Assert.Equal(0, steps[^1].Values["train/seconds_left"]);

        var epochs = logged.Where(m => m.Values.ContainsKey("train/epoch_loss")).ToList();
        Assert.Equal([steps.Count / 2, steps.Count], epochs.Select(m => m.Step));
        Assert.All(epochs, m => Assert.Equal(
            ["train/epoch_loss", "validation/accuracy", "validation/ece", "validation/f1_macro", "validation/f1_weighted", "validation/loss", "validation/mcc"], m.Values.Keys.Order(StringComparer.Ordinal)));
        Assert.Equal(
            ["best_validation/accuracy", "best_validation/ece", "best_validation/f1_macro", "best_validation/f1_weighted", "best_validation/loss", "best_validation/mcc"],
            logged.SelectMany(m => m.Values.Keys).Where(key => key.StartsWith("best_", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    public void Dispose() => workspace.Dispose();
}
