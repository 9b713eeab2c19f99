using System.Text.Json;
using FineTuneWorkflows.Learning.Calibration;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Stages.Prediction;
using FineTuneWorkflows.Stages.Tests.Support;

namespace FineTuneWorkflows.Stages.Tests.Pipelines;

public sealed class ClosingReportTests : IDisposable
{
    private readonly Workspace workspace = new();

    [Fact]
    public async Task A_training_ends_with_its_gap_and_its_calibration_and_the_evaluation_shows_both_sides_of_it()
    {
        // A fifth of the labels are wrong for no reason, and the model is trained until it is sure nevertheless.
        var rows = string.Concat(Enumerable.Range(0, 240).Select(i => JsonSerializer.Serialize(new
        {
            text = Workspace.Sentence(i),
            label = (i % 2 == 0) ^ (i * 13 % 5 == 0) ? "positive" : "negative",
        }) + "\n"));
        var data = workspace.Write("noisy.jsonl", rows);
        var result = await workspace.RunAsync(workspace.Whole(fetch: new { source = data, validationShare = 0.25, testShare = 0.25 }, train: Workspace.Training(epochs: 12)));
        Assert.True(result.Status == RunStatus.Succeeded, string.Join("; ", result.Stages.Select(s => s.Result.Reason)));

        var metrics = result.Metrics();
        Assert.Equal(metrics["best_validation/loss"], metrics["generalization/validation/loss"]);
        Assert.Equal(metrics["generalization/validation/loss"] - metrics["generalization/training/loss"], metrics["generalization/gap/loss"], 1e-12);
        Assert.Equal(metrics["generalization/training/accuracy"] - metrics["generalization/validation/accuracy"], metrics["generalization/gap/accuracy"], 1e-12);
        var notes = workspace.Journal(result.RunId).OfType<StageNoted>().Select(n => n.Message).ToList();
        Assert.Contains(notes, n => n.StartsWith("generalization gap, without dropout", StringComparison.Ordinal) && n.Contains(", gap ", StringComparison.Ordinal));

        var folder = result.Of("FineTune").Artifacts["model"].Path;
        var calibration = ModelCalibration.Load(folder)!;
        Assert.Equal(calibration.Temperature, metrics["calibration/temperature"]);
        Assert.True(metrics["calibration/validation_ece_calibrated"] <= metrics["calibration/validation_ece"]);

        var evaluation = result.Of("Evaluate").Artifacts["evaluation"];
        using var report = JsonDocument.Parse(File.ReadAllText(evaluation.File("calibrated.json")));
        Assert.Equal(metrics["test/ece"], report.RootElement.GetProperty("errorBefore").GetDouble());
        Assert.Equal(metrics["test/ece_calibrated"], report.RootElement.GetProperty("errorAfter").GetDouble());
        Assert.Equal(calibration.Temperature, metrics["test/temperature"]);
    }

    [Fact]
    public async Task Predictions_are_calibrated_unless_that_is_not_wanted_and_their_labels_are_the_same()
    {
        var model = (await workspace.RunAsync(workspace.Whole())).Of("FineTune").Artifacts["model"].Path;
        var folder = Path.Combine(workspace.Folder, "model");
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.GetFiles(model))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        File.Delete(Path.Combine(folder, ModelCalibration.FileName));
        new ModelCalibration(3, 10, 0, 0, 0, 0).Save(folder);

        string[] texts = ["the film was superb", "the film was awful", "the meal was x"];
        using var calibrated = TextPredictor.Load(folder, "cpu");
        using var own = TextPredictor.Load(folder, "cpu", options: new() { Calibrated = false });
        var (after, before) = (calibrated.Predict(texts, cancellationToken: TestContext.Current.CancellationToken), own.Predict(texts, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(before.Select(p => p.Label), after.Select(p => p.Label));
        for (var i = 0; i < texts.Length; i++)
        {
            var (sure, less) = (before[i].Probabilities.Select(p => p.Value).ToArray(), after[i].Probabilities.Select(p => p.Value).ToArray());
            Assert.Equal(Math.Log(sure[0] / sure[1]) / 3, Math.Log(less[0] / less[1]), 1e-6);
            Assert.Equal(1, less.Sum(), 1e-9);
        }
    }

    public void Dispose() => workspace.Dispose();
}
