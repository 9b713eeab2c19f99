using FineTuneWorkflows.Learning.Baselines;
using FineTuneWorkflows.Text.Datasets;

namespace FineTuneWorkflows.Benchmarks.Seeds;

/// <summary>Cheap classifiers of texts, trained and tested on the splits of a dataset.</summary>
internal static class TextRivals
{
    public const string MlNet = "ML.NET", NaiveBayes = "naive Bayes";

    // The stage Evaluate's default, so that its figure can be compared.
    private const int Seed = 42;

    /// <returns>Each rival's accuracy on the test examples.</returns>
    public static IEnumerable<(string Name, double Accuracy)> Train(string folder)
    {
        var dataset = DatasetFolder.Open(folder);
        var (train, test) = (dataset.Read(SplitName.Train).ToList(), dataset.Read(SplitName.Test).ToList());
        var (texts, labels) = (train.ConvertAll(e => e.Text), train.ConvertAll(e => dataset.ClassOf(e.Label)));
        yield return (MlNet, Accuracy(MlNetBaseline.Train(texts, labels, dataset.Labels.Count, Seed)));
        yield return (NaiveBayes, Accuracy(NaiveBayesBaseline.Train(texts, labels, dataset.Labels.Count)));

        double Accuracy(ITextBaseline rival)
        {
            var predicted = rival.Predict(test.ConvertAll(e => e.Text)).BestOfAll();
            return predicted.Zip(test, (p, e) => p == dataset.ClassOf(e.Label)).Count(right => right) / (double)test.Count;
        }
    }
}
