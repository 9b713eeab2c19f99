using System.Globalization;
using FineTuneWorkflows.Cli.Rendering;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Cli.Commands.Runs;

/// <summary>Two runs side by side.</summary>
internal static class RunComparison
{
    public static void Write(RunDetails a, RunDetails b, TextWriter writer, Ink ink)
    {
        var runs = new TextTable("", a.RunId, b.RunId).Cut(1, 2);
        runs.Add("pipeline", a.Name, b.Name);
        runs.Add("state", RunWords.State(a.State), RunWords.State(b.State));
        runs.Add("took", Words.Duration(a.Duration.TotalSeconds), Words.Duration(b.Duration.TotalSeconds));
        runs.Write(writer, ink);

        writer.WriteLine();
        var differing = Differing(a, b);
        if (differing.Count == 0)
            writer.WriteLine("No parameter differs.");
        else
        {
            var table = new TextTable("Parameter", "A", "B").Cut(0, 1, 2);
            foreach (var (name, before, after) in differing)
                table.Add(name, before ?? "-", after ?? "-");
            table.Write(writer, ink);
        }

        WriteMetrics(a.Metrics(), b.Metrics(), writer, ink);
    }

    /// <summary>Properties and parameters that are known of both and differ, and those that only one has.</summary>
    public static IReadOnlyList<(string Name, string? A, string? B)> Differing(RunDetails a, RunDetails b)
    {
        var (before, after) = (Parameters(a), Parameters(b));
        return
        [
            .. Union(before, after)
                .Where(key => before.GetValueOrDefault(key) != after.GetValueOrDefault(key) && !(IsUnknown(key, a, before) || IsUnknown(key, b, after)))
                .Select(key => (key, before.GetValueOrDefault(key), after.GetValueOrDefault(key))),
        ];
    }

    private static void WriteMetrics(SortedDictionary<string, double> a, SortedDictionary<string, double> b, TextWriter writer, Ink ink)
    {
        if (a.Count + b.Count == 0)
            return;
        writer.WriteLine();
        var table = new TextTable("Metric", "A", "B", "B - A").AlignRight(1, 2, 3).Cut(0);
        foreach (var key in Union(a, b))
        {
            var (hasA, hasB) = (a.TryGetValue(key, out var x), b.TryGetValue(key, out var y));
            table.Add(key, hasA ? Words.Number(x) : "-", hasB ? Words.Number(y) : "-", hasA && hasB ? Difference(y - x) : "");
        }

        table.Write(writer, ink);
    }

    // Of a stage that was up to date only the parameters that affect its result are known: that the other run knows more of them is no difference.
    private static bool IsUnknown(string key, RunDetails run, SortedDictionary<string, string> known) =>
        !known.ContainsKey(key) && run.Stages.Any(s => s.Outcome == StageOutcome.UpToDate && key.StartsWith(s.Id + ".", StringComparison.Ordinal));

    private static string Difference(double difference) =>
        difference == 0 ? "=" : string.Create(CultureInfo.InvariantCulture, $"{(difference > 0 ? "+" : "")}{Words.Number(difference)}");

    private static IEnumerable<string> Union<T>(IReadOnlyDictionary<string, T> a, IReadOnlyDictionary<string, T> b) =>
        a.Keys.Union(b.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal);

    private static SortedDictionary<string, string> Parameters(RunDetails run)
    {
        var parameters = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in run.Properties)
            parameters[$"property {name}"] = value;
        foreach (var stage in run.Stages)
            foreach (var (name, value) in stage.Parameters)
                parameters[$"{stage.Id}.{name}"] = value;
        return parameters;
    }
}
