using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Learning.Training;

namespace FineTuneWorkflows.Learning.Tests.Training.Resuming;

/// <summary>What belongs to a family and a task.</summary>
internal static class ModelKinds
{
    private static readonly ToyData Toy = ToyData.Make(30), ToyValidation = ToyData.Make(12, seed: 2);

    public static bool HasOneClass(this ModelKind kind) => kind is ModelKind.BertClasses or ModelKind.Gpt2Classes;

    public static ModelTask Task(this ModelKind kind) => kind switch
    {
        ModelKind.BertClasses or ModelKind.BertMultiLabel or ModelKind.Gpt2Classes => ModelTask.SequenceClassification,
        ModelKind.BertTokens or ModelKind.DistilBertTokens => ModelTask.TokenClassification,
        ModelKind.BertMasked => ModelTask.MaskedLanguageModeling,
        _ => ModelTask.CausalLanguageModeling,
    };

    public static string[] Labels(this ModelKind kind) => kind.Task() switch
    {
        ModelTask.SequenceClassification => ["no", "yes"],
        ModelTask.TokenClassification => ["O", "B-x", "I-x"],
        _ => [],
    };

    public static IReadOnlyList<string> Metrics(this ModelKind kind) => kind.Task() switch
    {
        ModelTask.SequenceClassification when kind.HasOneClass() => [BestMetrics.Loss, BestMetrics.Accuracy, BestMetrics.MacroF1, BestMetrics.CalibrationError],
        ModelTask.SequenceClassification => [BestMetrics.Loss, BestMetrics.MicroF1],
        ModelTask.TokenClassification => [BestMetrics.Loss, BestMetrics.EntityF1],
        _ => [BestMetrics.Loss, BestMetrics.Accuracy, BestMetrics.Perplexity],
    };

    /// <summary>A small model of the family.</summary>
    public static ModelConfig Config(this ModelKind kind) => kind switch
    {
        ModelKind.DistilBertTokens => ToyData.Config with { ModelType = "distilbert", TokenTypeCount = 0 },
        ModelKind.Gpt2Classes or ModelKind.Gpt2Causal => Decoder("gpt2"),
        ModelKind.LlamaCausal => Decoder("llama") with { KeyValueHeadCount = 1, TieWordEmbeddings = false },
        _ => ToyData.Config,
    };

    /// <summary>The task that the family's base was pre-trained for.</summary>
    public static ModelTask BaseTask(this ModelKind kind) => kind is ModelKind.Gpt2Classes or ModelKind.Gpt2Causal or ModelKind.LlamaCausal
        ? ModelTask.CausalLanguageModeling : ModelTask.MaskedLanguageModeling;

    public static ISequenceDataset Data(this ModelKind kind, bool validation)
    {
        ToyData toy = validation ? ToyValidation : Toy;
        // A causal model learns some of the tokens, as of conversations the answers; other tasks have classes that show in the tokens.
        Func<int, int, int> label = kind.Task() == ModelTask.CausalLanguageModeling ? (token, place) => place % 3 == 1 ? -100 : token : (token, place) => place == 0 ? -100 : token % 3;
        return new LabelledData(toy.Tokens)
        {
            Labels = toy.Labels,
            TokenLabels = [.. toy.Tokens.Select(tokens => tokens.Select(label).ToArray())],
            Classes = [.. toy.Labels.Select((own, index) => new[] { own == 1, index % 3 == 0 })],
        };
    }

    private static DecoderConfig Decoder(string family) => DecoderConfig.For(family) with
    {
        VocabSize = 60, HiddenSize = 16, LayerCount = 2, HeadCount = 2, IntermediateSize = 32, MaxPositions = 24, StartTokenId = null, EndTokenIds = [],
    };
}
