using FineTuneWorkflows.Foundation.Parameters;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Stages.FineTune;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.TokenFiles;

namespace FineTuneWorkflows.Stages.Pretrain;

/// <summary>Trains a base model on plain text, from scratch or on from another base.</summary>
[Stage("FineTune.Pretrain", Version = 5, Description = "Trains an encoder by masked language modeling on plain text, or a decoder to predict the next token, from scratch or from another base; FineTune starts from the result. After an interruption it continues from its last checkpoint.")]
[Consumes("tokens")]
[Produces("model")]
public sealed record PretrainStage : TrainingStage
{
    /// <summary>A stage with the defaults of pre-training, which is without dropout.</summary>
    public PretrainStage() => Dropout = 0;

    /// <summary>How the model is trained: from larger batches and with a higher learning rate than in fine-tuning. The best epoch is the one with the lowest validation loss.</summary>
    [Parameters(Except = [nameof(TrainingOptions.BestMetric), nameof(TrainingOptions.ClassWeights), nameof(TrainingOptions.LayerDecay), nameof(TrainingOptions.HeadLearningRate)])]
    public override TrainingOptions Training { get; init; } = new() { LearningRate = 5e-4, BatchSize = 64, WarmupRatio = 0.05 };

    /// <inheritdoc />
    private protected override ModelTask TaskFor(TokenizedInfo tokens) => tokens.Kind == DataKind.PlainText
        ? tokens.SpecialTokens.Mask is not null ? ModelTask.MaskedLanguageModeling : ModelTask.CausalLanguageModeling
        : throw new StageException($"the tokens are of {tokens.Kind}; pre-training takes plain text: set Kind of the stage that fetches the data to {DataKind.PlainText}");
}
