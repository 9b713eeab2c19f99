using System.ComponentModel.DataAnnotations;
using FineTuneWorkflows.Foundation.Parameters;
using FineTuneWorkflows.Learning.Baselines;
using FineTuneWorkflows.Learning.Calibration;
using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Metrics;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Stages.FineTune;
using FineTuneWorkflows.Stages.Validation;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.TokenFiles;

namespace FineTuneWorkflows.Stages.Evaluate;

/// <summary>Measures a classifier on the test data, beside a cheap baseline trained on the same examples.</summary>
[Stage("FineTune.Evaluate", Version = 6, Description = "Measures a model on the held-out test data. Text classification: accuracy, F1, MCC, confusion matrix, calibration before and after temperature scaling, 95% intervals, plots; token classification: precision, recall and F1 as seqeval counts; masked language modeling and text generation: perplexity, and samples of what it writes. Compared with a cheap baseline trained on the same examples; each prediction is kept.")]
[Consumes("dataset")]
[Consumes("tokens")]
[Consumes("model")]
[Produces("evaluation")]
public sealed record EvaluateStage : Stage
{
    /// <summary>The baseline. Default: ML.NET.</summary>
    [Parameter("The baseline to compare with, trained on the same examples; for entities any but None predicts the most frequent tag of each word.")]
    public BaselineKind Baseline { get; init; } = BaselineKind.MlNet;

    /// <summary>Resamples of the bootstrap. Default: 1000.</summary>
    [Parameter("The number of bootstrap resamples for the 95% intervals."), Range(100, 1_000_000)]
    public int BootstrapSamples { get; init; } = 1000;

    /// <summary>The seed. Default: 42.</summary>
    [Parameter("The seed of the resamples and of the baseline."), Range(0, int.MaxValue)]
    public int Seed { get; init; } = 42;

    /// <summary>Texts per batch. Default: 64.</summary>
    [Parameter("Texts that are computed at once.", Category = "Execution", AffectsResult = false), Range(1, 65_536)]
    public int BatchSize { get; init; } = 64;

    /// <summary>The device. Default: auto.</summary>
    [Parameter("Where to compute: auto, cpu, cuda or cuda:n.", Category = "Execution", AffectsResult = false), DeviceName]
    public string Device { get; init; } = "auto";

    /// <summary>Threads. Default: as many as there are CPU cores.</summary>
    [Parameter("Threads to compute with on the CPU; 0 takes as many as there are CPU cores.", Category = "Execution", AffectsResult = false), Range(0, 4096)]
    public int Threads { get; init; }

    /// <inheritdoc />
    public override StageResource Resource => TorchDevice.Parse(Device).IsCuda ? StageResource.Gpu : StageResource.Cpu;

    /// <inheritdoc />
    public override IReadOnlyCollection<string> Measures => MetricNames.OfEvaluation;

    /// <inheritdoc />
    public override Task RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        var dataset = DatasetFolder.Open(context.Input("dataset").Path);
        if (dataset.Kind == DataKind.TokenClassification)
            EntityEvaluation.Run(this, context, dataset, cancellationToken);
        else if (dataset.Kind is DataKind.TextClassification or DataKind.TextPairClassification)
            RunClassification(context, dataset, cancellationToken);
        else
            TaskEvaluation.Run(this, context, cancellationToken);
        return Task.CompletedTask;
    }

    private void RunClassification(StageContext context, DatasetFolder dataset, CancellationToken cancellationToken)
    {
        var test = dataset.Read(SplitName.Test, cancellationToken).ToList();
        var labels = test.ConvertAll(e => dataset.ClassOf(e.Label));

        context.Report(new(0, test.Count, "texts", "predicting"));
        var probabilities = Predict(context, cancellationToken);
        var report = ClassificationReport.Compute(probabilities, labels, dataset.Labels, Seed, BootstrapSamples, cancellationToken);
        Log(context, "test", report);
        var predictedClasses = probabilities.BestOfAll().Distinct().Count();
        if (dataset.Labels.Count > 1)
            context.LogMetric(Verdict.PredictedClasses, predictedClasses);
        var calibrated = Calibrated(context, report, dataset, labels, ref probabilities, cancellationToken);

        var baseline = BaselineReport(context, dataset, test, labels, cancellationToken);
        EvaluationFiles.Write(context.Output("evaluation"), report, calibrated, baseline, test, probabilities);
        context.Note(FormattableString.Invariant($"accuracy {report.Accuracy:0.0000} (95% within {report.AccuracyInterval.Low:0.0000}..{report.AccuracyInterval.High:0.0000}), macro F1 {report.Macro.F1:0.0000}")
            + (baseline is null ? "" : FormattableString.Invariant($"; baseline {Baseline}: accuracy {baseline.Accuracy:0.0000}, macro F1 {baseline.Macro.F1:0.0000}")));
        var figures = new Dictionary<string, double> { ["test/accuracy"] = report.Accuracy, [Verdict.PredictedClasses] = dataset.Labels.Count > 1 ? predictedClasses : 0 };
        if (baseline is not null)
            figures["baseline/accuracy"] = baseline.Accuracy;
        foreach (var sentence in Verdict.Of(figures))
            context.Note(sentence);
    }

    /// <summary>The report at the temperature that the training kept with the model, and the probabilities at it; null where there is none.</summary>
    private CalibratedReport? Calibrated(StageContext context, ClassificationReport before, DatasetFolder dataset, List<int> labels, ref ProbabilityTable probabilities, CancellationToken cancellationToken)
    {
        if (ModelCalibration.Load(context.Input("model").Path) is not { } calibration)
            return null;
        probabilities = calibration.Apply(probabilities);
        var report = CalibratedReport.Of(calibration.Temperature, before, ClassificationReport.Compute(probabilities, labels, dataset.Labels, Seed, BootstrapSamples, cancellationToken));
        context.LogMetrics([.. report.ToMetrics()]);
        context.Note(FormattableString.Invariant($"calibration error {report.ErrorBefore:0.0000}, at temperature {report.Temperature:0.000} {report.ErrorAfter:0.0000}"));
        return report;
    }

    private static void Log(StageContext context, string prefix, ClassificationReport report) =>
        context.LogMetrics([.. report.ToMetrics().Select(m => KeyValuePair.Create($"{prefix}/{m.Key}", m.Value))]);

    private ProbabilityTable Predict(StageContext context, CancellationToken cancellationToken)
    {
        TorchRuntime.EnsureLoaded(context.Trace);
        using var model = SequenceClassifierModel.Load(context.Input("model").Path, TorchDevice.Parse(Device), Threads, BaseModels.Folder);
        using var tokens = TokenizedDataset.Open(context.Input("tokens").Path).Split(SplitName.Test);
        return model.Predict(new TokenSplitDataset(tokens), BatchSize, cancellationToken);
    }

    private ClassificationReport? BaselineReport(StageContext context, DatasetFolder dataset, List<TextExample> test, List<int> labels, CancellationToken cancellationToken)
    {
        if (Baseline == BaselineKind.None)
            return null;
        context.Report(new(0, null, "texts", $"training the baseline {Baseline}"));
        var train = dataset.Read(SplitName.Train, cancellationToken).ToList();
        ITextBaseline baseline;
        try
        {
            baseline = Baselines.Train(Baseline, train.ConvertAll(Whole), train.ConvertAll(e => dataset.ClassOf(e.Label)), dataset.Labels.Count, Seed, cancellationToken);
        }
        catch (BaselineTooLargeException e)
        {
            context.Note($"left out the baseline {Baseline}: {e.Message}; {nameof(BaselineKind.NaiveBayes)} has room for them (parameter {nameof(Baseline)})");
            return null;
        }

        var report = ClassificationReport.Compute(baseline.Predict(test.ConvertAll(Whole), cancellationToken), labels, dataset.Labels, Seed, BootstrapSamples, cancellationToken);
        Log(context, "baseline", report);
        context.SetTag("baseline/name", baseline.Name);
        return report;
    }

    /// <summary>The baselines take one text; of a pair both together.</summary>
    private static string Whole(TextExample example) => example.Second is null ? example.Text : $"{example.Text} {example.Second}";
}
