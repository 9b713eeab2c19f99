using FineTuneWorkflows.Learning.Baselines;
using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Metrics;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Stages.FineTune;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.TokenFiles;

namespace FineTuneWorkflows.Stages.Evaluate;

/// <summary>Measures a model for entities, beside the tag that each word has most often.</summary>
internal static class EntityEvaluation
{
    public static void Run(EvaluateStage stage, StageContext context, DatasetFolder dataset, CancellationToken cancellationToken)
    {
        TorchRuntime.EnsureLoaded(context.Trace);
        using var model = TokenClassifierModel.Load(context.Input("model").Path, TorchDevice.Parse(stage.Device), stage.Threads, BaseModels.Folder);
        using var tokens = TokenizedDataset.Open(context.Input("tokens").Path).Split(SplitName.Test);
        var data = new TokenSplitDataset(tokens);
        context.Report(new(0, data.Count, "texts", "predicting"));
        var (actual, predicted) = TaggedWords.Of(data, model.Predict(data, stage.BatchSize, cancellationToken), model.Labels);
        var report = EntityReport.Compute(actual, predicted);
        var test = dataset.Read(SplitName.Test, cancellationToken).ToList();
        var baseline = stage.Baseline == BaselineKind.None ? null : Baseline(dataset, test, cancellationToken);

        var metrics = Named("test", report.ToMetrics()).Concat(baseline is null ? [] : Named("baseline", baseline.ToMetrics())).ToArray();
        context.LogMetrics(metrics);
        if (baseline is not null)
            context.SetTag("baseline/name", "most frequent tag");
        EvaluationFiles.WriteEntities(context.Output("evaluation"), report, baseline, metrics, test, predicted);
        context.Note(FormattableString.Invariant($"entity F1 {report.Micro.F1:0.0000} (precision {report.Micro.Precision:0.0000}, recall {report.Micro.Recall:0.0000}) over {report.Support} entities")
            + (baseline is null ? "" : FormattableString.Invariant($"; each word's most frequent tag: F1 {baseline.Micro.F1:0.0000}")));
    }

    private static EntityReport Baseline(DatasetFolder dataset, List<TextExample> test, CancellationToken cancellationToken)
    {
        var train = dataset.Read(SplitName.Train, cancellationToken).ToList();
        var baseline = MostFrequentTagBaseline.Train(train.ConvertAll(e => e.Words), train.ConvertAll(e => e.Tags));
        return EntityReport.Compute(test.ConvertAll(e => e.Tags), test.ConvertAll(e => baseline.Predict(e.Words)));
    }

    private static IEnumerable<KeyValuePair<string, double>> Named(string prefix, IReadOnlyDictionary<string, double> metrics) => metrics.Select(m => KeyValuePair.Create($"{prefix}/{m.Key}", m.Value));
}
