using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Stages.Estimates;
using FineTuneWorkflows.Stages.Tests.Support;

namespace FineTuneWorkflows.Stages.Tests.Estimates;

public sealed class TrainingEstimatorTests : IDisposable
{
    private readonly Workspace workspace = new();

    [Fact]
    public async Task The_parameters_of_a_preset_are_those_of_the_model_that_the_run_makes()
    {
        var estimate = Assert.Single(await TrainingEstimator.OfAsync(workspace.Whole()));
        Assert.Equal(("FineTune", "FineTune.FineTune", 16, 16 * 16L), (estimate.Stage, estimate.Type, estimate.Longest, estimate.AsItIs.Batch.Places));
        Assert.True(estimate.Fits);
        Assert.Contains("Kind of Fetch is Auto", Assert.Single(estimate.Assumptions), StringComparison.Ordinal);

        var result = await workspace.RunAsync(workspace.Whole());
        Assert.Equal(RunStatus.Succeeded, result.Status);
        using var model = LanguageModel.Load(result.Of("FineTune").Artifacts["model"].Path);
        Assert.Equal(model.ParameterCount, estimate.AsItIs.ParameterCount);

        var folder = result.Of("FineTune").Artifacts["model"].Path;
        var next = Assert.Single(await TrainingEstimator.OfAsync(workspace.Chain(
            ("Fetch", "FineTune.FetchData", new { source = workspace.Data, kind = "TextClassification" }),
            ("Tokenize", "FineTune.Tokenize", new { baseModel = folder, maxLength = 16 }),
            ("FineTune", "FineTune.FineTune", new { baseModel = folder, batchSize = 8, freezeEmbeddings = true, device = "cpu", gradientCheckpointing = true }))));
        Assert.Equal(model.ParameterCount, next.AsItIs.ParameterCount);
        Assert.True(next.AsItIs.TrainableCount < next.AsItIs.ParameterCount);
        Assert.Empty(next.Assumptions);
        Assert.True(next.Checkpointing && next.Otherwise.Activations > next.AsItIs.Activations);
    }

    [Fact]
    public async Task A_training_that_cannot_fit_is_known_before_it_starts()
    {
        var estimate = Assert.Single(await TrainingEstimator.OfAsync(workspace.Chain(
            ("Fetch", "FineTune.FetchData", new { source = workspace.Data }),
            ("Tokenize", "FineTune.Tokenize", new { vocabulary = "vocab.txt", maxLength = 512 }),
            ("FineTune", "FineTune.FineTune", new { baseModel = "large", batchSize = 65536, device = "cpu" }))));
        Assert.False(estimate.Fits);
        Assert.True(estimate.AsItIs.Peak > estimate.Available);
    }

    [Fact]
    public async Task A_base_model_that_is_not_there_is_named() => Assert.Contains(
        "parameter BaseModel: there is no folder",
        (await Assert.ThrowsAsync<StageException>(() => TrainingEstimator.OfAsync(workspace.Chain(
            ("Fetch", "FineTune.FetchData", new { source = workspace.Data }),
            ("Tokenize", "FineTune.Tokenize", new { vocabulary = "vocab.txt" }),
            ("FineTune", "FineTune.FineTune", new { baseModel = "nowhere", device = "cpu" }))))).Message, StringComparison.Ordinal);

    public void Dispose() => workspace.Dispose();
}
