namespace FineTuneWorkflows.Stages.Evaluate;

/// <summary>Says in plain words where a model's figures on the test data mean that it learned little.</summary>
public static class Verdict
{
    /// <summary>How many classes the model predicts among the test texts.</summary>
    public const string PredictedClasses = "test/predicted_classes";

    // By the figure that a baseline has, too, and what people call it.
    private static readonly (string Metric, string Name)[] Compared = [("f1", "entity F1"), ("accuracy", "accuracy")];

    /// <summary>A sentence for each thing that is wrong; none for a model that is better than its baseline and tells classes apart.</summary>
    /// <param name="metrics">An evaluation's metrics by name.</param>
    public static IEnumerable<string> Of(IReadOnlyDictionary<string, double> metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        foreach (var (metric, name) in Compared)
        {
            if (!metrics.TryGetValue($"test/{metric}", out var reached) || !metrics.TryGetValue($"baseline/{metric}", out var beside))
                continue;
            if (reached <= beside)
                yield return FormattableString.Invariant($"the model is not better than its baseline: {name} {reached:0.000} against {beside:0.000}");
            break;
        }

        if (metrics.TryGetValue(PredictedClasses, out var classes) && classes == 1)
            yield return "the model gives every test text the same class: it has not learned to tell them apart";
        if (metrics.TryGetValue("test/f1", out var found) && found == 0)
            yield return "the model finds none of the test texts' entities";
    }
}
