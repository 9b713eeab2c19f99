using System.ComponentModel.DataAnnotations;
using FineTuneWorkflows.Foundation.Parameters;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.TokenFiles;

namespace FineTuneWorkflows.Stages.FineTune;

/// <summary>Fine-tunes a model for the task that the data is for.</summary>
[Stage("FineTune.FineTune", Version = 8, Description = "Fine-tunes a model for text classification, token classification, masked language modeling or text generation, validates after each epoch and keeps the best, with the temperature that calibrates it and a closing report of the generalization gap. After an interruption it continues from its last checkpoint.")]
[Consumes("tokens")]
[Produces("model")]
public sealed record FineTuneStage : TrainingStage
{
    /// <summary>What the model is to do. Default: what the data is for.</summary>
    [Parameter("What the model is to do; Auto goes by the data: labelled texts and pairs TextClassification, lists of labels MultiLabelClassification, tagged words TokenClassification, conversations CausalLanguageModeling, plain text MaskedLanguageModeling where the tokenizer has a mask token, else CausalLanguageModeling.", Category = "Model")]
    public FineTuneTask Task { get; init; }

    /// <summary>Dropout before the classifier. Default: the base model's.</summary>
    [Parameter("Dropout before the classifier; empty keeps the base model's.", Category = "Model"), Range(0.0, 0.9)]
    public double? ClassifierDropout { get; init; }

    /// <summary>What a classifier of texts sees. Default: the base model's.</summary>
    [Parameter("What a text classifier sees: the first token's vector, or the mean of all; empty keeps the base model's, else the first token's.", Category = "Model")]
    public SequencePooling? Pooling { get; init; }

    /// <summary>How many first layers stay as they are. Default: 0.</summary>
    [Parameter("The number of first layers to freeze.", Category = "Model"), Range(0, 1000)]
    public int FreezeLayers { get; init; }

    /// <summary>Whether the embeddings stay as they are. Default: false.</summary>
    [Parameter("Freeze the embeddings.", Category = "Model")]
    public bool FreezeEmbeddings { get; init; }

    /// <summary>The rank of LoRA's adapters. Default: none are trained.</summary>
    [Parameter("The rank of LoRA adapters. The base is frozen, and only the adapters and the head of a classifier are trained, which takes far less memory. They need a higher LearningRate, such as 2e-4. Empty trains all weights.", Category = "LoRA"), Range(1, 65_536)]
    public int? LoraRank { get; init; }

    /// <summary>What adapters' outputs are multiplied with, over the rank. Default: 16.</summary>
    [Parameter("The scale of adapters: their output is multiplied by LoraAlpha / LoraRank.", Category = "LoRA", AppliesWith = "LoraRank"), Range(1e-6, 1e6)]
    public double LoraAlpha { get; init; } = 16;

    /// <summary>Dropout of adapters' inputs. Default: 0.</summary>
    [Parameter("Dropout of an adapter's input.", Category = "LoRA", AppliesWith = "LoraRank"), Range(0.0, 0.9)]
    public double LoraDropout { get; init; }

    /// <summary>The layers beside which adapters stand. Default: queries and values.</summary>
    [Parameter("The layers that get adapters, by the ends of their names, such as query, value or q_proj; all-linear for all; empty takes queries and values.", Category = "LoRA", AppliesWith = "LoraRank")]
    public IReadOnlyList<string> LoraTargets { get; init; } = [];

    /// <summary>Whether the adapters are merged into the model. Default: true.</summary>
    [Parameter("Merge the adapters into the model, which is then like any other, and keep them in adapter/. False keeps only the adapters, in PEFT's layout; the base must be present wherever they are used.", Category = "LoRA", AppliesWith = "LoraRank")]
    public bool LoraMerge { get; init; } = true;

    /// <inheritdoc />
    [Parameters]
    public override TrainingOptions Training { get; init; } = new();

    /// <inheritdoc />
    public override IEnumerable<string> Check()
    {
        foreach (var problem in base.Check().Concat(LoraParameters.Check(this)))
            yield return problem;
        if (ModelPresets.IsPreset(BaseModel) && (FreezeLayers > 0 || FreezeEmbeddings))
            yield return $"{(FreezeLayers > 0 ? nameof(FreezeLayers) : nameof(FreezeEmbeddings))} and BaseModel: {BaseModel} starts from scratch, and weights that were never learned would stay so; set BaseModel to a pretrained base, or leave FreezeLayers and FreezeEmbeddings out";
    }

    /// <inheritdoc />
    private protected override ModelTask TaskFor(TokenizedInfo tokens)
    {
        var fitting = tokens.Kind switch
        {
            DataKind.TextClassification or DataKind.TextPairClassification => FineTuneTask.TextClassification,
            DataKind.MultiLabelClassification => FineTuneTask.MultiLabelClassification,
            DataKind.TokenClassification => FineTuneTask.TokenClassification,
            DataKind.PlainText when Task is FineTuneTask.MaskedLanguageModeling or FineTuneTask.CausalLanguageModeling => Task,
            DataKind.PlainText when tokens.SpecialTokens.Mask is not null => FineTuneTask.MaskedLanguageModeling,
            DataKind.PlainText or DataKind.Conversations => FineTuneTask.CausalLanguageModeling,
            _ => throw new StageException($"the tokens are of {tokens.Kind}, which no task of this stage is for"),
        };
        if (Task != FineTuneTask.Auto && Task != fitting)
            throw new StageException($"parameter Task: is {Task}, but the tokens are of {tokens.Kind}, which is for {fitting}; set Task to {FineTuneTask.Auto}, or fetch other data");
        return fitting switch
        {
            FineTuneTask.TokenClassification => ModelTask.TokenClassification,
            FineTuneTask.MaskedLanguageModeling => ModelTask.MaskedLanguageModeling,
            FineTuneTask.CausalLanguageModeling => ModelTask.CausalLanguageModeling,
            _ => ModelTask.SequenceClassification,
        };
    }

    /// <inheritdoc />
    private protected override StructureOptions Structure(TokenizedInfo tokens) => base.Structure(tokens) with
    {
        ClassifierDropout = ClassifierDropout,
        Pooling = Pooling,
        MultiLabel = tokens.Kind == DataKind.MultiLabelClassification,
        FreezeLayers = FreezeLayers,
        FreezeEmbeddings = FreezeEmbeddings,
        Lora = LoraParameters.Of(this),
        KeepBFloat16 = Training.Precision == Precision.BFloat16,
    };

    /// <inheritdoc />
    private protected override void Save(StageContext context, LanguageModel model, string folder)
    {
        if (LoraRank is null)
            base.Save(context, model, folder);
        else
            LoraParameters.Save(this, model, folder, context.InputFiles(nameof(BaseModel)));
    }
}
