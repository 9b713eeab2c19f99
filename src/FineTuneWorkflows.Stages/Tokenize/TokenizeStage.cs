using System.ComponentModel.DataAnnotations;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Stages.Reporting;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.TokenFiles;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Stages.Tokenize;

/// <summary>Turns texts into token ids by WordPiece.</summary>
[Stage("FineTune.Tokenize", Description = "Turns texts into token ids by WordPiece and keeps them in memory-mapped files.")]
[Consumes("dataset")]
[Produces("tokens")]
public sealed record TokenizeStage : Stage
{
    private const string VocabularyFile = "vocab.txt";
    private const string ConfigFile = "tokenizer_config.json";

    /// <summary>The model that will be fine-tuned. Default: a preset, which has no vocabulary of its own.</summary>
    [Parameter("The model that will be fine-tuned: a folder, whose vocabulary is used, or a preset's name, which has none.")]
    public string BaseModel { get; init; } = "";

    /// <summary>The vocabulary where the base model has none.</summary>
    [Parameter("The vocabulary where the base model has none: a vocab.txt, or a folder with one.")]
    public string Vocabulary { get; init; } = "";

    /// <summary>The most tokens a text keeps. Default: 128.</summary>
    [Parameter("The most tokens a text keeps, [CLS] and [SEP] included; the rest is cut off and counted."), Range(2, 8192)]
    public int MaxLength { get; init; } = 128;

    /// <summary>Threads. Default: as many as there are processors.</summary>
    [Parameter("Threads that tokenize; 0 takes as many as there are processors.", Category = "Execution", AffectsResult = false), Range(0, 1024)]
    public int Threads { get; init; }

    private bool HasBaseFolder => BaseModel.Length > 0 && !BertPresets.IsPreset(BaseModel);

    /// <inheritdoc />
    public override IEnumerable<InputPath> InputPaths()
    {
        var (parameter, path) = HasBaseFolder ? (nameof(BaseModel), BaseModel) : (nameof(Vocabulary), Vocabulary);
        var folder = path.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) ? Path.GetDirectoryName(path)! : path;
        yield return new(parameter, folder == path ? Path.Combine(path, VocabularyFile) : path, Advice: HasBaseFolder ? BaseModels.Advice : null);
        yield return new(parameter, Path.Combine(folder, ConfigFile), Optional: true);
    }

    /// <inheritdoc />
    public override IEnumerable<string> Check()
    {
        if (!HasBaseFolder && Vocabulary.Length == 0)
            yield return "Vocabulary and BaseModel: the base model is a preset, which has no vocabulary; set Vocabulary to a vocab.txt";
    }

    /// <inheritdoc />
    public override Task RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        var tokenizer = WordPieceTokenizer.Load(context.InputFiles(HasBaseFolder ? nameof(BaseModel) : nameof(Vocabulary))[0].FullPath);
        if (tokenizer.Options.ModelMaxLength is { } most && MaxLength > most)
            throw new StageException($"parameter MaxLength: is {MaxLength}, but the tokenizer's model takes {most} tokens at most");
        var options = new TokenizeOptions { MaxLength = MaxLength, Threads = Threads > 0 ? Threads : Environment.ProcessorCount };
        var tokens = TokenizedDataset.Write(
            DatasetFolder.Open(context.Input("dataset").Path), tokenizer, options, context.Output("tokens"), new TextProgressReporter(context), cancellationToken);
        foreach (var (split, summary) in tokens.Info.Splits)
        {
            context.LogMetrics([new($"data/{split}_tokens", summary.Tokens), new($"data/{split}_truncated_texts", summary.TruncatedTexts)]);
            if (summary.TruncatedTexts > 0)
                context.Note($"cut {summary.TruncatedTexts} of {summary.Count} {split} texts to {MaxLength} tokens; {summary.TruncatedTokens} tokens lost (the longest text has {summary.Lengths.Longest})");
        }

        var train = tokens.Info.Splits[SplitName.Train.ToText()];
        context.Note(FormattableString.Invariant($"{train.Tokens} training tokens, {train.Lengths.Mean:0.0} a text on average, 95% of texts within {train.Lengths.P95}"));
        return Task.CompletedTask;
    }
}
