using System.Globalization;
using System.Text;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.TokenFiles;

namespace FineTuneWorkflows.Stages.FineTune;

/// <summary>
/// Writes <c>README.md</c> into a model's folder, a model card as the Hugging Face Hub reads it (https://huggingface.co/docs/hub/model-cards): front matter,
/// then task, data, metrics, training and how to load it. It says nothing that the stage's fingerprint does not cover: no time, no folder, no machine.
/// </summary>
internal sealed class ModelCard
{
    public const string FileName = "README.md";

    private const int MostLabels = 20;
    private readonly StringBuilder text = new();

    /// <summary>The model as it was trained.</summary>
    public required LanguageModel Model { get; init; }

    /// <summary>What the training came to.</summary>
    public required TrainingResult Result { get; init; }

    /// <summary>The stage that trained it.</summary>
    public required TrainingStage Stage { get; init; }

    /// <summary>What it was trained on.</summary>
    public required TokenizedInfo Tokens { get; init; }

    /// <summary>The digest of the tokens.</summary>
    public required string TokensDigest { get; init; }

    /// <summary>Where it started; null from scratch.</summary>
    public required CardBase? Base { get; init; }

    /// <summary>Writes the card.</summary>
    /// <param name="folder">The model's folder.</param>
    public void Write(string folder)
    {
        var descriptor = StageDescriptor.Of(Stage.GetType());
        var config = Model.Config;
        FrontMatter();
        Line($"# {config.Architectures[0]} for {Task}");
        Line();
        Line($"{(IsAdapter ? "Adapters (LoRA) of a" : "A")} model of family {config.ModelType} with {Number(config.LayerCount)} layers, {Number(config.HiddenSize)} hidden units and {Number(Model.ParameterCount)} parameters, trained by `{descriptor.Type}` of FineTuneWorkflows.");
        if (Model.Labels.Count > 0)
            Line($"It gives {(Model.IsMultiLabel ? "none, one or several of" : "one of")} {Number(Model.Labels.Count)} classes: {Labels()}.");
        if (TakesMean)
            Line("Its classifier takes the mean of all tokens' vectors, which transformers' own classes do not. `mean_pooling.py` has classes that do; they are loaded with `trust_remote_code=True`, and no other class loads this model.");
        Line();
        Started();
        Data();
        Metrics();
        Training(descriptor);
        Loading();
        File.WriteAllText(Path.Combine(folder, FileName), text.ToString());
    }

    private bool TakesMean => Model.Config is EncoderConfig { Pooling: SequencePooling.Mean } && Model.Task == ModelTask.SequenceClassification;

    private bool IsAdapter => Stage is FineTuneStage { LoraRank: not null, LoraMerge: false };

    private string Task => Model.Task switch
    {
        ModelTask.SequenceClassification => "text classification",
        ModelTask.TokenClassification => "token classification",
        ModelTask.MaskedLanguageModeling => "masked language modeling",
        _ => "text generation",
    };

    private string PipelineTag => Model.Task switch
    {
        ModelTask.SequenceClassification => "text-classification",
        ModelTask.TokenClassification => "token-classification",
        ModelTask.MaskedLanguageModeling => "fill-mask",
        _ => "text-generation",
    };

    private string AutoClass => Model.Task switch
    {
        ModelTask.SequenceClassification => "AutoModelForSequenceClassification",
        ModelTask.TokenClassification => "AutoModelForTokenClassification",
        ModelTask.MaskedLanguageModeling => "AutoModelForMaskedLM",
        _ => "AutoModelForCausalLM",
    };

    private void FrontMatter()
    {
        Line("---");
        if (Base?.Repository is { } repository)
            Line($"base_model: {repository}");
        Line($"library_name: {(IsAdapter ? "peft" : "transformers")}");
        if (Base?.License is { } license)
            Line($"license: {license}");
        if (Result.Metrics.Count > 0)
        {
            Line("metrics:");
            foreach (var metric in Result.Metrics.Keys.Select(HubMetric).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
                Line($"- {metric}");
        }

        Line($"pipeline_tag: {PipelineTag}");
        Line("tags:");
        Line("- fine-tune-workflows");
        Line("---");
    }

    private void Started()
    {
        if (Base is null)
        {
            Line($"It started from scratch, in the shape of the preset `{Stage.BaseModel}`.");
        }
        else
        {
            Line(Base.Repository is { } repository ? $"It started from [{repository}](https://huggingface.co/{repository}){(Base.Commit is { } commit ? $", commit `{commit}`" : "")}, with these weights:" : "It started from a model with these weights:");
            Line();
            foreach (var (name, sha256) in Base.Weights)
                Line($"- `{name}`, SHA-256 `{sha256}`");
            Line();
            Line(Base.License is { } license ? $"The base's licence is {license}." : "What licence the base has is not known here: look where it came from before you pass this model on.");
        }

        Line();
    }

    private void Data()
    {
        Line("## Data");
        Line();
        Line($"Tokens with the digest `{TokensDigest}`, cut at {Number(Tokens.MaxLength)}, of the tokenizer in this folder.");
        Line();
        Line("| split | examples | rows | tokens |");
        Line("|---|---:|---:|---:|");
        foreach (var (name, split) in Tokens.Splits.OrderBy(s => s.Key, StringComparer.Ordinal))
            Line($"| {name} | {Number(split.Examples)} | {Number(split.Count)} | {Number(split.Tokens)} |");
        Line();
    }

    private void Metrics()
    {
        Line("## Metrics");
        Line();
        if (Result.Metrics.Count == 0)
        {
            Line("There was no validation data, so nothing was measured.");
        }
        else
        {
            Line($"Of epoch {Number(Result.BestEpoch)}, whose weights these are, on the validation data.");
            Line();
            Line("| metric | value |");
            Line("|---|---:|");
            foreach (var (name, value) in Result.Metrics.OrderBy(m => m.Key, StringComparer.Ordinal))
                Line($"| {name} | {value.ToString("0.####", CultureInfo.InvariantCulture)} |");
        }

        Line();
    }

    private void Training(StageDescriptor descriptor)
    {
        Line("## Training");
        Line();
        Line($"{Number(Result.Steps)} steps of AdamW in {Number(Result.History.Count)} epochs{(Result.StoppedEarly ? ", stopped early" : "")}.");
        Line();
        Line("| parameter | value |");
        Line("|---|---|");
        foreach (var parameter in descriptor.Parameters.Where(p => p.AffectsResult && p.Name != nameof(TrainingStage.BaseModel)).OrderBy(p => p.Name, StringComparer.Ordinal))
            if (Shown(parameter.Get(Stage)) is { Length: > 0 } value)
                Line($"| {parameter.Name} | {value} |");
        Line();
    }

    private void Loading()
    {
        Line("## Use");
        Line();
        if (IsAdapter && TakesMean)
        {
            Line("PEFT does not load these adapters: the base's own class takes the first token. `finetune merge --model this/folder --output merged` makes a model of them that Python loads.");
            Line();
            LoadingHere();
            return;
        }

        Line("```python");
        if (IsAdapter)
        {
            Line("from peft import PeftModel");
            Line($"from transformers import {AutoClass}, AutoTokenizer");
            Line();
            Line($"base = {AutoClass}.from_pretrained(\"{Base?.Repository ?? "the/base"}\"{(Model.Labels.Count > 0 ? FormattableString.Invariant($", num_labels={Model.Labels.Count}") : "")})");
            Line("model = PeftModel.from_pretrained(base, \"this/folder\")");
        }
        else
        {
            Line($"from transformers import {AutoClass}, AutoTokenizer");
            Line();
            Line($"model = {AutoClass}.from_pretrained(\"this/folder\"{(TakesMean ? ", trust_remote_code=True" : "")})");
        }

        Line("tokenizer = AutoTokenizer.from_pretrained(\"this/folder\")");
        Line("```");
        Line();
        if (IsAdapter && Base?.Repository is null)
            Line("The base came from a folder of the machine that trained: put the place of a model with the weights named above where it says `the/base`.");
        LoadingHere();
    }

    private void LoadingHere()
    {
        var input = Tokens.Kind == DataKind.TextPairClassification ? "--text \"...\" --second-text \"...\""
            : Model.Task == ModelTask.MaskedLanguageModeling ? "--text \"a text with the tokenizer's mask in it\"" : "--text \"...\"";
        Line($"With FineTuneWorkflows: `finetune predict --model this/folder {input}`" + (Model.Task == ModelTask.MaskedLanguageModeling
            ? "; `finetune run workflow.json -p BaseModel=this/folder` starts from it."
            : "."));
    }

    // Names of the Hub's metrics; a loss is none.
    private static string? HubMetric(string name) => name switch
    {
        _ when name.EndsWith("/accuracy", StringComparison.Ordinal) => "accuracy",
        _ when name.Contains("/f1", StringComparison.Ordinal) => "f1",
        _ when name.EndsWith("/perplexity", StringComparison.Ordinal) => "perplexity",
        _ when name.EndsWith("/precision", StringComparison.Ordinal) => "precision",
        _ when name.EndsWith("/recall", StringComparison.Ordinal) => "recall",
        _ when name.EndsWith("/mcc", StringComparison.Ordinal) => "matthews_correlation",
        _ => null,
    };

    private static string Shown(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static string Number(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    private string Labels() => string.Join(", ", Model.Labels.Take(MostLabels).Select(label => $"`{label.ReplaceLineEndings(" ").Replace('`', '\'')}`"))
        + (Model.Labels.Count > MostLabels ? FormattableString.Invariant($" and {Model.Labels.Count - MostLabels} more") : "");

    private void Line(string line = "") => text.Append(line).Append('\n');
}
