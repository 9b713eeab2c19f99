namespace FineTuneWorkflows.Cli.Rendering;

/// <summary>What a run's model is worth on test data, in the figures of its own task.</summary>
internal static class Scores
{
    // By the figure that only this task has, the columns of its table.
    private static readonly (string Key, (string Heading, string Metric)[] Columns)[] Tasks =
    [
        ("f1", [("entity F1", "f1"), ("precision", "precision"), ("recall", "recall")]),
        ("perplexity", [("perplexity", "perplexity"), ("loss", "loss"), ("accuracy of tokens", "accuracy")]),
        ("f1_micro", [("F1 (micro)", "f1_micro"), ("F1 (macro)", "f1_macro"), ("accuracy", "accuracy")]),
        ("accuracy", [("accuracy", "accuracy"), ("95% interval", "accuracy_low"), ("F1 (macro)", "f1_macro")]),
        ("f1_macro", [("F1 (macro)", "f1_macro")]),
    ];

    /// <summary>The table of the test data and the baseline; null where nothing was measured.</summary>
    public static TextTable? Table(IReadOnlyDictionary<string, double> metrics)
    {
        if (Array.Find(Tasks, t => metrics.ContainsKey($"test/{t.Key}")) is not { Columns: { } columns })
            return null;
        string[] measured = [.. ((string[])["test", "baseline"]).Where(p => columns.Any(c => metrics.ContainsKey($"{p}/{c.Metric}")))];
        columns = [.. columns.Where(c => measured.Any(p => metrics.ContainsKey($"{p}/{c.Metric}")))];
        var table = new TextTable(["", .. columns.Select(c => c.Heading)]);
        foreach (var prefix in measured)
            table.Add([prefix, .. columns.Select(c => (TextTable.Cell)Text(metrics, prefix, c.Metric))]);
        return table;
    }

    /// <summary>The figure to tell runs apart by, <c>accuracy 0.827</c> or <c>perplexity 172.9</c>; empty where there is none.</summary>
    public static string Headline(IReadOnlyDictionary<string, double> metrics) =>
        Array.Find(Tasks, t => metrics.ContainsKey($"test/{t.Key}")) is { Key: { } key, Columns: { } columns } ? $"{columns[0].Heading} {Text(metrics, "test", columns[0].Metric)}" : "";

    private static string Text(IReadOnlyDictionary<string, double> metrics, string prefix, string metric) =>
        metric == "accuracy_low" ? metrics.ContainsKey($"{prefix}/accuracy_low") && metrics.ContainsKey($"{prefix}/accuracy_high") ? $"{Share(metrics, $"{prefix}/accuracy_low")} to {Share(metrics, $"{prefix}/accuracy_high")}" : ""
        : metric is "perplexity" or "loss" ? metrics.TryGetValue($"{prefix}/{metric}", out var value) ? Words.Number(value) : ""
        : Share(metrics, $"{prefix}/{metric}");

    private static string Share(IReadOnlyDictionary<string, double> metrics, string key) => metrics.TryGetValue(key, out var value) ? Words.Share(value) : "";
}
