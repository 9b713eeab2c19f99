using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Learning.Training.Tasks;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Stages.FineTune;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.TokenFiles;

namespace FineTuneWorkflows.Stages.Evaluate;

/// <summary>Measures a model by the figures of its own task: any number of classes, or masked words.</summary>
internal static class TaskEvaluation
{
    public static void Run(EvaluateStage stage, StageContext context, CancellationToken cancellationToken)
    {
        TorchRuntime.EnsureLoaded(context.Trace);
        var tokens = TokenizedDataset.Open(context.Input("tokens").Path);
        using var model = LanguageModel.Load(context.Input("model").Path, TorchDevice.Parse(stage.Device));
        using var test = tokens.Split(SplitName.Test);
        context.Report(new(0, test.Count, "texts", "predicting"));
        var masking = model.Task != ModelTask.MaskedLanguageModeling ? null : new MaskingOptions
        {
            MaskTokenId = tokens.Info.SpecialTokens.Mask ?? throw new StageException("the tokenizer has no mask token, so a model that guesses masked words cannot be measured with it"),
            SpecialTokenIds = tokens.Info.SpecialTokens.All,
        };
        var measured = Trainer.Measure(model, new TokenSplitDataset(test), stage.BatchSize, stage.Seed, stage.Threads, masking, cancellationToken);
        var metrics = measured.Select(m => KeyValuePair.Create($"test/{m.Key}", m.Value)).ToArray();
        context.LogMetrics(metrics);
        EvaluationFiles.WriteMetrics(context.Output("evaluation"), metrics);
        context.Note(string.Join(", ", metrics.Select(m => FormattableString.Invariant($"{m.Key} {m.Value:0.0000}"))));
    }
}
