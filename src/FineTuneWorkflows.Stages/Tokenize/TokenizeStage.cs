using System.ComponentModel.DataAnnotations;
using FineTuneWorkflows.Foundation.Parameters;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Stages.Reporting;
using FineTuneWorkflows.Text.Conversations;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Sources.Hub;
using FineTuneWorkflows.Text.TokenFiles;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Stages.Tokenize;

/// <summary>Turns examples into token ids by the tokenizer of the model that will learn from them.</summary>
[Stage("FineTune.Tokenize", Version = 5, Description = "Turns texts, pairs, triplets, tagged words or conversations into token ids and keeps them in memory-mapped files, together with the tokenizer's own files.")]
[Consumes("dataset")]
[Consumes("tokenizer", Optional = true)]
[Produces("tokens")]
public sealed record TokenizeStage : Stage
{
    private const string ModelConfig = "config.json";
    private static readonly string[] Extensions = [".txt", ".json", ".model"];

    /// <summary>The model that will be fine-tuned. Default: a preset, which has no vocabulary of its own.</summary>
    [Parameter("The model that will be fine-tuned: a folder or hf://owner/name[@revision], whose tokenizer is used, or a preset's name, which has none.")]
    public string BaseModel { get; init; } = "";

    /// <summary>The tokenizer where the base model has none.</summary>
    [Parameter("The tokenizer where the base model has none and no stage before this one trains one: a vocab.txt, vocab.json (with merges.txt), tokenizer.json or tokenizer.model, or a folder with one.")]
    public string Vocabulary { get; init; } = "";

    /// <summary>The most tokens a row keeps. Default: 128.</summary>
    [Parameter("The most tokens a row keeps, special tokens included; the rest is cut off and counted. Plain text is cut into blocks of this length."), Range(2, 65536)]
    public int MaxLength { get; init; } = 128;

    /// <summary>Whether texts are joined to rows of the maximum length. Default: plain text is, conversations are not.</summary>
    [Parameter("Whether plain text and conversations are joined to rows of MaxLength; Auto joins plain text only.", Category = "Kinds")]
    public PackingChoice Packing { get; init; }

    /// <summary>How conversations are written. Default: by the tokenizer's own chat template; where it has none, as its vocabulary shows.</summary>
    [Parameter("How conversations are written; Auto goes by the tokenizer's own chat template, else by the tokens that the vocabulary has. Plain is for vocabularies without tokens for chat. With any but Auto the model's folder gets that format's template.", Category = "Kinds", Absent = "Auto")]
    public ChatFormat? ChatFormat { get; init; }

    /// <summary>Whether each sub-word of a tagged word has a label. Default: the first alone.</summary>
    [Parameter("Whether each sub-word of a tagged word has a label; else its first alone.", Category = "Kinds")]
    public bool LabelAllSubwords { get; init; }

    /// <summary>The largest share of a split's tokens that the vocabulary may lack. Default: 0.5.</summary>
    [Parameter("The largest share of a split's tokens, special ones left out, that may be unknown to the vocabulary; above it the stage fails, as a model would read next to nothing of the texts."), Range(0.0, 1.0)]
    public double MaxUnknownShare { get; init; } = 0.5;

    /// <summary>Threads. Default: as many as there are CPU cores.</summary>
    [Parameter("Threads that tokenize; 0 takes as many as there are CPU cores.", Category = "Execution", AffectsResult = false), Range(0, 1024)]
    public int Threads { get; init; }

    private bool HasBaseFolder => BaseModel.Length > 0 && !ModelPresets.IsPreset(BaseModel);

    private bool HasTokenizer => HasBaseFolder || Vocabulary.Length > 0;

    private bool IsVocabularyFile => !HasBaseFolder && Extensions.Contains(Path.GetExtension(Vocabulary), StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc />
    public override IEnumerable<InputPath> InputPaths()
    {
        if (!HasTokenizer)
            yield break;
        var (parameter, path) = HasBaseFolder ? (nameof(BaseModel), BaseModel) : (nameof(Vocabulary), Vocabulary);
        // Of a model on the hub the small files alone are downloaded; paths count from where they come to lie.
        var remote = HasBaseFolder && HubReference.Is(BaseModel) ? new HubModelInput(parameter, BaseModel, HubSelection.Tokenizer) : null;
        if (remote is not null)
            path = "";
        var folder = IsVocabularyFile ? Path.GetDirectoryName(path)! : path;
        var named = IsVocabularyFile ? Path.GetFileName(path) : HasBaseFolder ? ModelConfig : null;
        if (named is not null)
            yield return new(parameter, Path.Combine(folder, named), Advice: HasBaseFolder ? BaseModels.Advice : null) { Remote = remote };
        foreach (var name in Tokenizer.FileNames.Append(ModelConfig).Where(n => n != named))
            yield return new(parameter, Path.Combine(folder, name), Optional: true) { Remote = remote };
    }

    /// <inheritdoc />
    public override IReadOnlyCollection<string> Measures => MetricNames.OfSplits("tokens", "truncated_texts", "unknown_share");

    /// <inheritdoc />
    public override Task RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        var dataset = DatasetFolder.Open(context.Input("dataset").Path);
        if (Packing == PackingChoice.On && dataset.Kind is not (DataKind.PlainText or DataKind.Conversations))
            throw new StageException($"parameter Packing: is {Packing}, but the data are of {dataset.Kind}, where each text has its own label; only {DataKind.PlainText} and {DataKind.Conversations} can be joined to rows. Set it to {PackingChoice.Auto} or {PackingChoice.Off}");
        var tokenizer = Tokenizer.Load(TokenizerPath(context));
        if (tokenizer.ModelMaxLength is { } most && MaxLength > most)
            throw new StageException($"parameter MaxLength: is {MaxLength}, but the tokenizer's model takes {most} tokens at most");
        var options = new TokenizeOptions
        {
            MaxLength = MaxLength,
            Packing = Packing == PackingChoice.Auto ? null : Packing == PackingChoice.On,
            ChatFormat = ChatFormat,
            LabelAllSubwords = LabelAllSubwords,
            Threads = Threads > 0 ? Threads : Environment.ProcessorCount,
        };
        var tokens = TokenizedDataset.Write(
            dataset, tokenizer, options, context.Output("tokens"), new TextProgressReporter(context), cancellationToken);
        foreach (var (split, summary) in tokens.Info.Splits)
            Report(context, split, summary);
        foreach (var (split, summary) in tokens.Info.Splits)
            ReportUnknown(context, split, summary, SpecialTokensOf(tokenizer, dataset.Kind));
        var train = tokens.Info.Splits[SplitName.Train.ToText()];
        context.Note(FormattableString.Invariant($"{train.Tokens} training tokens, {train.Lengths.Mean:0.0} a text on average, 95% of texts within {train.Lengths.P95}"));
        if (dataset.Kind == DataKind.Conversations)
            context.Note(tokens.Info.ChatFormat is not { } format ? "conversations are written by the tokenizer's own chat template"
                : $"conversations are written in the format {format}" + (ChatTemplate.IsIn(tokenizer) ? ", whose template takes the place of the tokenizer's own" : ""));
        if (tokens.Info.Packed)
            context.Note($"joined {train.Examples} training texts to {train.Count} rows of {MaxLength} tokens at most");
        return Task.CompletedTask;
    }

    private string TokenizerPath(StageContext context)
    {
        if (!HasTokenizer)
            return context.FindInput("tokenizer")?.Path
                ?? throw new StageException("Vocabulary and BaseModel: the base model is a preset, which has no vocabulary; set Vocabulary to a vocab.txt or another tokenizer file, or put a stage FineTune.TrainTokenizer before this one");
        var parameter = HasBaseFolder ? nameof(BaseModel) : nameof(Vocabulary);
        var files = context.InputFiles(parameter);
        if (IsVocabularyFile)
            return files.First(f => Path.GetFileName(f.FullPath) == Path.GetFileName(Vocabulary)).FullPath;
        return files.Count > 0
            ? Path.GetDirectoryName(files[0].FullPath)!
            : throw new StageException($"parameter {parameter}: {Vocabulary} is no folder with a tokenizer; it must hold tokenizer.json, vocab.txt, vocab.json with merges.txt, or tokenizer.model");
    }

    // Of conversations and joined texts the special tokens are few beside the others.
    private static int SpecialTokensOf(Tokenizer tokenizer, DataKind kind) => kind switch
    {
        DataKind.TextPairClassification => tokenizer.EncodePair("", "").Ids.Length,
        DataKind.PlainText or DataKind.Conversations => 0,
        _ => kind.TextsApart() * tokenizer.Encode("").Ids.Length,
    };

    private void ReportUnknown(StageContext context, string split, TokenSplitSummary summary, int specialTokens)
    {
        var tokens = Math.Max(summary.UnknownTokens, summary.Tokens - summary.Count * specialTokens);
        var share = tokens == 0 ? 0 : (double)summary.UnknownTokens / tokens;
        context.LogMetric($"data/{split}_unknown_share", share);
        if (summary.UnknownTokens == 0)
            return;
        var told = FormattableString.Invariant($"{summary.UnknownTokens} of {tokens} {split} tokens ({share:0.0%}) are unknown to the vocabulary");
        context.Note(told);
        if (share > MaxUnknownShare)
            throw new StageException(FormattableString.Invariant($"parameter {(HasBaseFolder ? nameof(BaseModel) : nameof(Vocabulary))}: {told}, so a model would read next to nothing of these texts; take a tokenizer that was made for their language and script, ")
                + FormattableString.Invariant($"or train one (FineTune.TrainTokenizer); parameter MaxUnknownShare, now {MaxUnknownShare}, says how much is bearable"));
    }

    private void Report(StageContext context, string split, TokenSplitSummary summary)
    {
        context.LogMetrics([new($"data/{split}_tokens", summary.Tokens), new($"data/{split}_truncated_texts", summary.TruncatedTexts)]);
        if (summary.TruncatedTexts > 0)
            context.Note($"cut {summary.TruncatedTexts} of {summary.Examples} {split} texts to {MaxLength} tokens; {summary.TruncatedTokens} tokens lost (the longest text has {summary.Lengths.Longest})");
        if (summary.DroppedExamples > 0)
            context.Note($"left out {summary.DroppedExamples} of {summary.Examples} {split} conversations: cut to {MaxLength} tokens, nothing of an answer is left");
        if (summary.Count == 0 && summary.Examples > 0)
            throw new StageException($"parameter MaxLength: {MaxLength} leaves no {split} rows of {summary.Examples} conversations; choose a larger one");
    }
}
