using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Stages.FetchData;
using FineTuneWorkflows.Stages.FineTune;
using FineTuneWorkflows.Stages.Pretrain;
using FineTuneWorkflows.Stages.Tokenize;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.TokenFiles;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Stages.Estimates;

/// <summary>
/// Estimates the memory of a pipeline's trainings from its parameters, before anything runs. Texts count as long as MaxLength lets them be, and a classifier as having two classes: what the data really have is known
/// later, and a run says its own estimate then.
/// </summary>
public static class TrainingEstimator
{
    private const int Classes = 2;

    /// <summary>Estimates each training stage whose condition is true.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="cancellationToken">Ends the download of the configuration and the tokenizer of a base model on the hub; its weights are not downloaded.</param>
    /// <exception cref="StageException">A stage's parameters contradict each other, or there is no base model or vocabulary where they say.</exception>
    /// <exception cref="FineTuneWorkflows.Learning.LearningException">A base model cannot be read, or there is no such device.</exception>
    /// <exception cref="FineTuneWorkflows.Text.TextDataException">A tokenizer is missing or damaged.</exception>
    public static async Task<IReadOnlyList<StageEstimate>> OfAsync(Pipeline pipeline, CancellationToken cancellationToken = default)
    {
        var estimates = new List<StageEstimate>();
        foreach (var stage in pipeline.Stages)
            if (stage.Stage is TrainingStage { Condition: true } training)
                estimates.Add(await OfAsync(pipeline, stage, training, cancellationToken).ConfigureAwait(false));
        return estimates;
    }

    private static async Task<StageEstimate> OfAsync(Pipeline pipeline, PipelineStage stage, TrainingStage training, CancellationToken cancellationToken)
    {
        var assumptions = new List<string>();
        var folder = ModelPresets.IsPreset(training.BaseModel) ? null
            : await BaseFolderAsync(pipeline, stage, nameof(TrainingStage.BaseModel), training.BaseModel, cancellationToken).ConfigureAwait(false);
        var tokenize = Producer(pipeline, stage, "tokens");
        var tokens = new TokenizedInfo
        {
            Kind = Kind(pipeline, tokenize, training, assumptions),
            Labels = [.. Enumerable.Range(0, Classes).Select(i => $"{i}")],
            VocabularySha256 = "",
            TokenizerSha256 = "",
            VocabularySize = folder is null ? await VocabularySizeAsync(pipeline, tokenize, assumptions, cancellationToken).ConfigureAwait(false) : ModelConfig.Read(folder).VocabSize,
            MaxLength = ((TokenizeStage)tokenize.Stage).MaxLength,
            // Plain text is for masked language modeling where the model is an encoder, else for causal language modeling.
            SpecialTokens = new() { Padding = 0, Mask = (folder is null ? ModelPresets.Get(training.BaseModel) : ModelConfig.Read(folder)) is EncoderConfig ? 0 : null },
            Splits = new Dictionary<string, TokenSplitSummary>(),
        };
        var device = TorchDevice.Parse(training.Device);
        var estimate = training.Estimate(tokens, folder, training.Training.GradientCheckpointing);
        return new(
            stage.Name, stage.Descriptor.Type, device, estimate.Batch.Tokens, training.Training.GradientCheckpointing, estimate, training.Estimate(tokens, folder, !training.Training.GradientCheckpointing),
            DeviceMemory.Total(device), assumptions);
    }

    private static PipelineStage Producer(Pipeline pipeline, PipelineStage stage, string artifact) => pipeline.Find(stage.Producers[artifact])!;

    private static async Task<string> BaseFolderAsync(Pipeline pipeline, PipelineStage stage, string parameter, string value, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(await BaseModels.DescriptionAsync(value, cancellationToken).ConfigureAwait(false), stage.Folders.GetValueOrDefault(parameter, pipeline.Definition.Folder));
        return Directory.Exists(path) ? path : throw new StageException($"stage {stage.Name}: parameter {parameter}: there is no folder {path}; {BaseModels.Advice}");
    }

    private static DataKind Kind(Pipeline pipeline, PipelineStage tokenize, TrainingStage training, List<string> assumptions)
    {
        var source = Producer(pipeline, tokenize, "dataset");
        while (source.Producers.ContainsKey("dataset"))
            source = Producer(pipeline, source, "dataset");
        if (source.Stage is FetchDataStage { Kind: { } kind })
            return kind;
        if (training is PretrainStage)
            return DataKind.PlainText;
        if (training is FineTuneStage { Task: not FineTuneTask.Auto } chosen)
            return chosen.Task switch
            {
                FineTuneTask.MultiLabelClassification => DataKind.MultiLabelClassification,
                FineTuneTask.TokenClassification => DataKind.TokenClassification,
                FineTuneTask.MaskedLanguageModeling or FineTuneTask.CausalLanguageModeling => DataKind.PlainText,
                _ => DataKind.TextClassification,
            };
        assumptions.Add($"the data are texts with one label, as Kind of {source.Name} is Auto");
        return DataKind.TextClassification;
    }

    private static async Task<int> VocabularySizeAsync(Pipeline pipeline, PipelineStage tokenize, List<string> assumptions, CancellationToken cancellationToken)
    {
        var stage = (TokenizeStage)tokenize.Stage;
        if (tokenize.Producers.TryGetValue("tokenizer", out var name) && pipeline.Find(name)!.Stage is TrainTokenizerStage trained)
        {
            assumptions.Add(FormattableString.Invariant($"the vocabulary gets the {trained.VocabularySize} entries that {name} allows"));
            return trained.VocabularySize;
        }

        var (parameter, value) = stage.BaseModel.Length > 0 && !ModelPresets.IsPreset(stage.BaseModel)
            ? (nameof(TokenizeStage.BaseModel), await BaseModels.DescriptionAsync(stage.BaseModel, cancellationToken).ConfigureAwait(false))
            : (nameof(TokenizeStage.Vocabulary), stage.Vocabulary);
        return value.Length > 0
            ? Tokenizer.Load(Path.GetFullPath(value, tokenize.Folders.GetValueOrDefault(parameter, pipeline.Definition.Folder))).VocabularySize
            : throw new StageException($"stage {tokenize.Name}: Vocabulary and BaseModel: the base model is a preset, which has no vocabulary; set Vocabulary, or put a stage FineTune.TrainTokenizer before it");
    }
}
