using FineTuneWorkflows.Learning.Metrics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace FineTuneWorkflows.Learning.Baselines;

/// <summary>
/// ML.NET's text features (word and character n-grams, normalized) with a maximum entropy classifier trained by stochastic dual coordinate ascent, on
/// one thread and from a seed, so that it is repeatable.
/// </summary>
public sealed class MlNetBaseline : ITextBaseline
{
    /// <summary>The most weights (classes times features) that are trained; ML.NET keeps some four copies of them, of 4 bytes each.</summary>
    public const long MostWeights = 1 << 26;

    private readonly MLContext _context;
    private readonly ITransformer _model;
    private readonly int[] _classOfColumn;
    private readonly int _classCount;

    private MlNetBaseline(MLContext context, ITransformer model, int[] classOfColumn, int classCount)
    {
        (_context, _model, _classOfColumn, _classCount) = (context, model, classOfColumn, classCount);
    }

    /// <inheritdoc/>
    public string Name => "ML.NET SDCA";

    /// <summary>Trains on texts.</summary>
    /// <param name="texts">The training texts.</param>
    /// <param name="labels">Their class numbers; two or more different ones.</param>
    /// <param name="classCount">The number of classes.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="cancellation">Ends the work, at the next text.</param>
    /// <param name="mostWeights">The most weights; default <see cref="MostWeights"/>.</param>
    /// <exception cref="BaselineTooLargeException">Classes times features are more weights than that.</exception>
    /// <exception cref="LearningException">There are no texts, a label is out of range, or there is one class only.</exception>
    public static MlNetBaseline Train(
        IReadOnlyList<string> texts, IReadOnlyList<int> labels, int classCount, int seed, CancellationToken cancellation = default, long mostWeights = MostWeights)
    {
        BaselineData.Check(texts, labels, classCount);
        if (labels.Distinct().Count() < 2)
            throw new LearningException($"All training texts of the baseline have label {labels[0]}; it needs two classes or more.");
        var context = new MLContext(seed);
        IDataView data = new CancellableView(context.Data.LoadFromEnumerable(texts.Select((text, i) => new Row { Text = text, Label = labels[i] })), cancellation);
        var features = context.Transforms.Conversion.MapValueToKey("Label",
            keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
            .Append(context.Transforms.Text.FeaturizeText("Features", nameof(Row.Text)));
        var trainer = context.MulticlassClassification.Trainers.SdcaMaximumEntropy(new SdcaMaximumEntropyMulticlassTrainer.Options
        {
            LabelColumnName = "Label",
            FeatureColumnName = "Features",
            NumberOfThreads = 1,
            MaximumNumberOfIterations = 50,
        });
        return Cancellable(cancellation, () => Train(context, data, features, trainer, classCount, cancellation, mostWeights));
    }

    private static MlNetBaseline Train<TFeaturizer>(
        MLContext context, IDataView data, IEstimator<TFeaturizer> features, SdcaMaximumEntropyMulticlassTrainer trainer, int classCount, CancellationToken cancellation, long mostWeights)
        where TFeaturizer : class, ITransformer
    {
        var featurizer = features.Fit(data);
        IDataView featurized = featurizer.Transform(data);
        VBuffer<int> keys = default;
        featurized.Schema["Label"].GetKeyValues(ref keys);
        RequireFit(keys.Length, ((VectorDataViewType)featurized.Schema["Features"].Type).Size, mostWeights);
        var model = featurizer.Append(trainer.Fit(new CancellableView(context.Data.Cache(featurized), cancellation)));
        return new MlNetBaseline(context, model, keys.DenseValues().ToArray(), classCount);
    }

    /// <summary>Runs what ML.NET does; from threads of its own a cancellation comes wrapped in other exceptions.</summary>
    private static T Cancellable<T>(CancellationToken cancellation, Func<T> run)
    {
        try
        {
            return run();
        }
        catch (InvalidOperationException e) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException("The baseline was cancelled.", e, cancellation);
        }
    }

    private static void RequireFit(int classes, int features, long most)
    {
        if ((long)classes * features > most)
            throw new BaselineTooLargeException(FormattableString.Invariant(
                $"{classes:N0} classes times {features:N0} features of the training texts are {(double)classes * features:N0} weights; {most:N0} at most are trained"));
    }

    /// <inheritdoc/>
    public ProbabilityTable Predict(IReadOnlyList<string> texts, CancellationToken cancellation = default) => Cancellable(cancellation, () => Score(texts, cancellation));

    private ProbabilityTable Score(IReadOnlyList<string> texts, CancellationToken cancellation)
    {
        IEnumerable<Row> rows = texts.Select(text => new Row { Text = text, Label = _classOfColumn[0] });
        IDataView scored = _model.Transform(_context.Data.LoadFromEnumerable(rows));
        var table = new ProbabilityTable(texts.Count, _classCount);
        int row = 0;
        foreach (Scores scores in _context.Data.CreateEnumerable<Scores>(scored, reuseRowObject: true))
        {
            cancellation.ThrowIfCancellationRequested();
            double sum = scores.Score.Sum(score => (double)score);
            for (int column = 0; column < scores.Score.Length; column++)
                table.Row(row)[_classOfColumn[column]] = scores.Score[column] / sum;
            row++;
        }
        return table;
    }

    private sealed class Row
    {
        public string Text { get; set; } = "";

        public int Label { get; set; }
    }

    private sealed class Scores
    {
        public float[] Score { get; set; } = [];
    }
}
