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
    /// <exception cref="LearningException">There are no texts, a label is out of range, or there is one class only.</exception>
    public static MlNetBaseline Train(IReadOnlyList<string> texts, IReadOnlyList<int> labels, int classCount, int seed)
    {
        BaselineData.Check(texts, labels, classCount);
        if (labels.Distinct().Count() < 2)
            throw new LearningException($"All training texts of the baseline have label {labels[0]}; it needs two classes or more.");
        var context = new MLContext(seed);
        IDataView data = context.Data.LoadFromEnumerable(texts.Select((text, i) => new Row { Text = text, Label = labels[i] }));
        var pipeline = context.Transforms.Conversion.MapValueToKey("Label",
            keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
            .Append(context.Transforms.Text.FeaturizeText("Features", nameof(Row.Text)))
            .AppendCacheCheckpoint(context)
            .Append(context.MulticlassClassification.Trainers.SdcaMaximumEntropy(new SdcaMaximumEntropyMulticlassTrainer.Options
            {
                LabelColumnName = "Label",
                FeatureColumnName = "Features",
                NumberOfThreads = 1,
                MaximumNumberOfIterations = 50,
            }));
        ITransformer model = pipeline.Fit(data);
        VBuffer<int> keys = default;
        model.Transform(data).Schema["Label"].GetKeyValues(ref keys);
        return new MlNetBaseline(context, model, keys.DenseValues().ToArray(), classCount);
    }

    /// <inheritdoc/>
    public ProbabilityTable Predict(IReadOnlyList<string> texts)
    {
        IEnumerable<Row> rows = texts.Select(text => new Row { Text = text, Label = _classOfColumn[0] });
        IDataView scored = _model.Transform(_context.Data.LoadFromEnumerable(rows));
        var table = new ProbabilityTable(texts.Count, _classCount);
        int row = 0;
        foreach (Scores scores in _context.Data.CreateEnumerable<Scores>(scored, reuseRowObject: true))
        {
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
