using System.ComponentModel.DataAnnotations;
using FineTuneWorkflows.Foundation.Parameters;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Stages.Reporting;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Tokenization;
using FineTuneWorkflows.Text.Tokenization.Training;

namespace FineTuneWorkflows.Stages.Tokenize;

/// <summary>Makes a vocabulary of its own for a model from scratch.</summary>
[Stage("FineTune.TrainTokenizer", Version = 2, Description = "Learns a vocabulary from the training texts, WordPiece or byte-level BPE, for a model that starts from scratch.")]
[Consumes("dataset")]
[Produces("tokenizer")]
public sealed record TrainTokenizerStage : Stage
{
    /// <summary>The kind of vocabulary. Default: WordPiece.</summary>
    [Parameter("The kind of vocabulary: WordPiece for encoders, lower case and with a mask token; BytePair for decoders, which keeps every character.")]
    public TokenizerKind Kind { get; init; }

    /// <summary>The most entries. Default: 8192.</summary>
    [Parameter("The most entries of the vocabulary, special tokens and single characters included."), Range(100, 1_000_000)]
    public int VocabularySize { get; init; } = 8192;

    /// <summary>How often pieces must stand together to become one. Default: 2.</summary>
    [Parameter("How often two pieces must stand together in the texts to become one entry."), Range(1, 1_000_000)]
    public int MinFrequency { get; init; } = 2;

    /// <inheritdoc />
    public override IReadOnlyCollection<string> Measures => ["data/vocabulary"];

    /// <inheritdoc />
    public override Task RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        var dataset = DatasetFolder.Open(context.Input("dataset").Path);
        var texts = dataset.Read(SplitName.Train, cancellationToken).Select(Text);
        var (folder, progress) = (context.Output("tokenizer"), new TextProgressReporter(context));
        Tokenizer tokenizer = Kind == TokenizerKind.WordPiece
            ? WordPieceTrainer.Train(texts, new() { VocabularySize = VocabularySize, MinFrequency = MinFrequency }, folder, progress, cancellationToken)
            : BytePairTrainer.Train(texts, new() { VocabularySize = VocabularySize, MinFrequency = MinFrequency }, folder, progress, cancellationToken);
        context.LogMetric("data/vocabulary", tokenizer.VocabularySize);
        if (tokenizer.VocabularySize < VocabularySize)
            context.Note($"the vocabulary has {tokenizer.VocabularySize} entries, not {VocabularySize}: the texts hold no more pieces that stand together {MinFrequency} times");
        return Task.CompletedTask;
    }

    // Tagged words are encoded one by one: so are they to be learned, also where the text writes no spaces between them.
    private static string Text(TextExample example) => example.Words.Count > 0 ? string.Join(' ', example.Words) : example.Text;
}
