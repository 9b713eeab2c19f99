using FineTuneWorkflows.Learning.Baselines;
using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Metrics;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Stages.Entities;
using FineTuneWorkflows.Stages.FineTune;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.TokenFiles;

namespace FineTuneWorkflows.Stages.Evaluate;

/// <summary>
/// Measures a model for entities, beside the tag that each word has most often. Both are measured on all words of the test texts, however a word is divided into tokens: one that was cut
/// off, or has no token, counts as predicted to be outside, so that its entity is missed.
/// </summary>
internal static class EntityEvaluation
{
    public static void Run(EvaluateStage stage, StageContext context, DatasetFolder dataset, CancellationToken cancellationToken)
    {
        TorchRuntime.EnsureLoaded(context.Trace);
        using var model = TokenClassifierModel.Load(context.Input("model").Path, TorchDevice.Parse(stage.Device), stage.Threads, BaseModels.Folder);
        WordTags.Check(model.Labels, context.Input("model").Path);
        var test = dataset.Read(SplitName.Test, cancellationToken).ToList();
        context.Report(new(0, test.Count, "texts", "predicting"));
        var predicted = Predict(stage, context, model, test, cancellationToken);
        var report = EntityReport.Compute(test.ConvertAll(e => e.Tags), predicted);
        var baseline = stage.Baseline == BaselineKind.None ? null : Baseline(dataset, test, cancellationToken);

        var metrics = Named("test", report.ToMetrics()).Concat(baseline is null ? [] : Named("baseline", baseline.ToMetrics())).ToArray();
        context.LogMetrics(metrics);
        if (baseline is not null)
            context.SetTag("baseline/name", "most frequent tag");
        EvaluationFiles.WriteEntities(context.Output("evaluation"), report, baseline, metrics, test, predicted, dataset.Info.Offsets);
        context.Note(FormattableString.Invariant($"entity F1 {report.Micro.F1:0.0000} (precision {report.Micro.Precision:0.0000}, recall {report.Micro.Recall:0.0000}) over {report.Support} entities")
            + (baseline is null ? "" : FormattableString.Invariant($"; each word's most frequent tag: F1 {baseline.Micro.F1:0.0000}")));
        foreach (var sentence in Verdict.Of(new Dictionary<string, double>(metrics)))
            context.Note(sentence);
    }

    /// <summary>A tag for each word of each test text.</summary>
    private static List<IReadOnlyList<string>> Predict(
        EvaluateStage stage, StageContext context, TokenClassifierModel model, List<TextExample> test, CancellationToken cancellationToken)
    {
        var tokens = TokenizedDataset.Open(context.Input("tokens").Path);
        using var split = tokens.Split(SplitName.Test);
        if (split.Count != test.Count)
            throw new StageException($"the tokens have {split.Count} test rows and the dataset {test.Count} test texts, so they were not made from it; run the stage that tokenizes it again");
        var tokenizer = tokens.LoadTokenizer();
        var classes = model.Predict(new TokenSplitDataset(split), stage.BatchSize, cancellationToken);
        var predicted = new List<IReadOnlyList<string>>();
        var beyond = 0;
        for (var i = 0; i < test.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // Token files do not say which word a token is of; encoding the words again does.
            var row = tokenizer.EncodeWords(test[i].Words, new() { MaxLength = tokens.Info.MaxLength });
            if (row.Ids.Length != split.Length(i))
                throw new StageException($"test text {i + 1} has {row.Ids.Length} tokens, but {split.Length(i)} in the token files, so these were not made from it; run the stage that tokenizes it again");
            var words = WordTags.Of(test[i].Words.Count, row, classes[i]);
            beyond += words.Count(w => w is null);
            predicted.Add([.. words.Select(w => w is { } known ? model.Labels[known.Class] : WordTags.Outside)]);
        }
        if (beyond > 0)
            context.Note($"{beyond} test words have no token, cut off at MaxLength {tokens.Info.MaxLength} or unknown to the tokenizer: they count as outside, and their entities as missed");
        return predicted;
    }

    private static EntityReport Baseline(DatasetFolder dataset, List<TextExample> test, CancellationToken cancellationToken)
    {
        var train = dataset.Read(SplitName.Train, cancellationToken).ToList();
        var baseline = MostFrequentTagBaseline.Train(train.ConvertAll(e => e.Words), train.ConvertAll(e => e.Tags));
        return EntityReport.Compute(test.ConvertAll(e => e.Tags), test.ConvertAll(e => baseline.Predict(e.Words)));
    }

    private static IEnumerable<KeyValuePair<string, double>> Named(string prefix, IReadOnlyDictionary<string, double> metrics) => metrics.Select(m => KeyValuePair.Create($"{prefix}/{m.Key}", m.Value));
}
