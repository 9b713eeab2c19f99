using System.ComponentModel.DataAnnotations;
using FineTuneWorkflows.Foundation.Parameters;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Stages.Reporting;
using FineTuneWorkflows.Text.Augmentation;
using FineTuneWorkflows.Text.Datasets;

namespace FineTuneWorkflows.Stages.Augment;

/// <summary>Adds changed copies of the training examples (Wei and Zou 2019, arXiv:1901.11196).</summary>
[Stage("FineTune.Augment", Version = 2, Description = "Adds changed copies of the training examples: synonyms replaced or inserted, words swapped or deleted. Labels are kept; pairs, tagged words, plain text and conversations cannot be augmented; validation and test data stay as they are.")]
[Consumes("dataset")]
[Produces("dataset")]
public sealed record AugmentStage : Stage
{
    /// <summary>Changed copies per training example. Default: 1.</summary>
    [Parameter("How many changed copies of each training example are added; the four operations take turns.", Category = "Amount"), Range(1, 64)]
    public int Copies { get; init; } = 1;

    /// <summary>The share of words replaced by a synonym. Default: 0.1.</summary>
    [Parameter("The share of words that are replaced by a synonym; 0 turns the operation off.", Category = "Amount"), Range(0.0, 1.0)]
    public double SynonymRate { get; init; } = 0.1;

    /// <summary>The share of words for which a synonym is inserted. Default: 0.1.</summary>
    [Parameter("The share of words of which a synonym is inserted somewhere; 0 turns the operation off.", Category = "Amount"), Range(0.0, 1.0)]
    public double InsertionRate { get; init; } = 0.1;

    /// <summary>The share of words that change places. Default: 0.1.</summary>
    [Parameter("The share of words that change places with another; 0 turns the operation off.", Category = "Amount"), Range(0.0, 1.0)]
    public double SwapRate { get; init; } = 0.1;

    /// <summary>The chance of a word to be deleted. Default: 0.1.</summary>
    [Parameter("The chance of each word to be deleted; 0 turns the operation off.", Category = "Amount"), Range(0.0, 0.9)]
    public double DeletionRate { get; init; } = 0.1;

    /// <summary>The synonym lexicon.</summary>
    [Parameter("The synonym lexicon: a file with a word and its synonyms a line.", Category = "Words"), Required]
    public string Lexicon { get; init; } = "";

    /// <summary>Words that are never replaced. Default: none.</summary>
    [Parameter("A file with words that are never replaced, one a line; empty for none.", Category = "Words")]
    public string StopWords { get; init; } = "";

    /// <summary>The seed. Default: 42.</summary>
    [Parameter("The seed of all choices.", Category = "Amount")]
    public long Seed { get; init; } = 42;

    /// <inheritdoc />
    public override IEnumerable<InputPath> InputPaths()
    {
        yield return new(nameof(Lexicon), Lexicon);
        if (StopWords.Length > 0)
            yield return new(nameof(StopWords), StopWords);
    }

    /// <inheritdoc />
    public override IEnumerable<string> Check()
    {
        if (SynonymRate + InsertionRate + SwapRate + DeletionRate == 0)
            yield return "SynonymRate, InsertionRate, SwapRate and DeletionRate: all are 0, so there is nothing to do; set Condition to false instead";
    }

    /// <inheritdoc />
    public override IReadOnlyCollection<string> Measures => ["data/augmented_rows"];

    /// <inheritdoc />
    public override Task RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        var lexicon = SynonymLexicon.Load(context.InputFiles(nameof(Lexicon))[0].FullPath);
        var stopWords = StopWords.Length > 0 ? Text.Augmentation.StopWords.Load(context.InputFiles(nameof(StopWords))[0].FullPath) : Text.Augmentation.StopWords.Of([]);
        var options = new AugmentationOptions
        {
            Copies = Copies, SynonymRate = SynonymRate, InsertionRate = InsertionRate, SwapRate = SwapRate, DeletionRate = DeletionRate, Seed = Seed,
        };
        var dataset = DatasetAugmenter.Augment(
            DatasetFolder.Open(context.Input("dataset").Path), new EasyDataAugmenter(lexicon, stopWords, options), context.Output("dataset"), new TextProgressReporter(context), cancellationToken);
        var report = dataset.Info.Augmentation!;
        context.LogMetric("data/augmented_rows", report.Added);
        context.Note($"added {report.Added} changed copies to {report.Originals} training examples ({string.Join(", ", report.ByOperation.Select(o => $"{o.Key} {o.Value}"))}); left out {report.Unchanged + report.AlreadyThere} that would have equalled a text that is there");
        return Task.CompletedTask;
    }
}
