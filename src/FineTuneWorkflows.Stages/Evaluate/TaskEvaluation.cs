using FineTuneWorkflows.Learning.Inference;
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

/// <summary>Measures a model by the figures of its own task: multi-label classification, masked language modeling or text generation.</summary>
internal static class TaskEvaluation
{
    private const int Samples = 5, PromptTokens = 12, SampleTokens = 48;

    public static void Run(EvaluateStage stage, StageContext context, CancellationToken cancellationToken)
    {
        TorchRuntime.EnsureLoaded(context.Trace);
        var tokens = TokenizedDataset.Open(context.Input("tokens").Path);
        using var test = tokens.Split(SplitName.Test);
        bool writes = Measure(stage, context, tokens, test, cancellationToken);
        if (writes)
            WriteSamples(stage, context, tokens, test, cancellationToken);
    }

    /// <returns>Whether the model writes texts.</returns>
    private static bool Measure(EvaluateStage stage, StageContext context, TokenizedDataset tokens, TokenSplit test, CancellationToken cancellationToken)
    {
        using var model = LanguageModel.Load(context.Input("model").Path, TorchDevice.Parse(stage.Device), BaseModels.Folder);
        context.Report(new(0, test.Count, "texts", "predicting"));
        var masking = model.Task != ModelTask.MaskedLanguageModeling ? null : new MaskingOptions
        {
            MaskTokenId = tokens.Info.SpecialTokens.Mask ?? throw new StageException("the tokenizer has no mask token, so a masked language model cannot be measured with it"),
            SpecialTokenIds = tokens.Info.SpecialTokens.All,
        };
        var measured = Trainer.Measure(model, new TokenSplitDataset(test), stage.BatchSize, stage.Seed, stage.Threads, masking, cancellationToken, context.Note);
        var metrics = measured.Select(m => KeyValuePair.Create($"test/{m.Key}", m.Value)).ToArray();
        context.LogMetrics(metrics);
        EvaluationFiles.WriteMetrics(context.Output("evaluation"), metrics);
        context.Note(string.Join(", ", metrics.Select(m => FormattableString.Invariant($"{m.Key} {m.Value:0.0000}"))));
        return model.Task == ModelTask.CausalLanguageModeling;
    }

    /// <summary>
    /// Lets the model go on from the beginnings of some test texts: <c>samples.jsonl</c> with prompts and continuations. Of a conversation the beginning is what stands before the
    /// assistant's first answer, and the answer stands beside the model's.
    /// </summary>
    private static void WriteSamples(EvaluateStage stage, StageContext context, TokenizedDataset tokens, TokenSplit test, CancellationToken cancellationToken)
    {
        var tokenizer = tokens.LoadTokenizer();
        using var model = TextGeneratorModel.Load(context.Input("model").Path, TorchDevice.Parse(stage.Device), stage.Threads, BaseModels.Folder);
        var samples = new List<(string Prompt, string Continuation, string? Expected)>();
        for (var row = 0; row < test.Count && samples.Count < Samples; row++)
        {
            var ids = new int[test.Length(row)];
            test.CopyTokens(row, ids);
            var (first, last) = test.HasTokenLabels ? FirstAnswer(test, row) : (Math.Min(PromptTokens, ids.Length - 1), ids.Length);
            if (first == 0 || first >= model.MaxTokens)
                continue;
            var written = model.Generate(ids[..first], new() { MaxNewTokens = SampleTokens, Seed = stage.Seed }, cancellationToken);
            samples.Add((tokenizer.Decode(ids[..first]), tokenizer.Decode([.. written]), test.HasTokenLabels ? tokenizer.Decode(ids[first..last]) : null));
        }
        EvaluationFiles.WriteSamples(context.Output("evaluation"), samples);
        if (samples.Count > 0)
            context.Note($"it writes: {samples[0].Prompt} ... {samples[0].Continuation}");
    }

    /// <summary>Where a conversation's first answer begins and ends; both 0 where there is none.</summary>
    private static (int First, int End) FirstAnswer(TokenSplit test, int row)
    {
        var labels = new int[test.Length(row)];
        test.CopyTokenLabels(row, labels);
        var first = Array.FindIndex(labels, label => label >= 0);
        if (first < 0)
            return (0, 0);
        var end = Array.FindIndex(labels, first, label => label < 0);
        return (first, end < 0 ? labels.Length : end);
    }
}
