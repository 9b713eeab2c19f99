using System.Globalization;

namespace FineTuneWorkflows.Tracking.Registry;

/// <summary>One condition of a gate.</summary>
/// <param name="Metric">The candidate's metric.</param>
/// <param name="Comparison">How it is compared.</param>
/// <param name="Bound">The number it is compared with; null for the champion's value of the same metric.</param>
public sealed record GateCondition(string Metric, GateComparison Comparison, double? Bound)
{
    private string Symbol => Comparison switch
    {
        GateComparison.AtLeast => ">=",
        GateComparison.GreaterThan => ">",
        GateComparison.AtMost => "<=",
        _ => "<",
    };

    /// <summary>As it is written in an expression.</summary>
    public override string ToString() => $"{Metric} {Symbol} {(Bound is { } bound ? Show(bound) : ModelGate.Champion)}";

    internal GateConditionResult Evaluate(ModelVersion candidate, ModelVersion? champion, string? server)
    {
        if (!candidate.Metrics.TryGetValue(Metric, out var value))
        {
            var known = candidate.Metrics.Count == 0 ? "it has no metrics" : $"it has {string.Join(", ", candidate.Metrics.Keys)}";
            return Say(false, $"version {Show(candidate.Version)} has no metric {Metric}; {known}");
        }

        if (double.IsNaN(value)) return Say(false, $"{Metric} is NaN, which passes no gate");
        if (Bound is { } bound) return Compare(value, bound, Show(bound));
        if (champion is null) return Say(true, $"{Metric} is {Show(value)} and there is no champion yet");
        var name = $"the champion, version {Show(champion.Version)}{(server is null ? "" : $" on {server}")}";
        if (champion.Digest == candidate.Digest)
            return Say(true, $"{Metric} is {Show(value)} and version {Show(champion.Version)} is the champion already");
        if (!champion.Metrics.TryGetValue(Metric, out var best))
            return Say(false, $"{name}, has no metric {Metric} to compare with; move the alias by hand if this version is to take its place");
        return double.IsNaN(best)
            ? Say(true, $"{Metric} is {Show(value)} and that of {name}, is NaN")
            : Compare(value, best, $"{Show(best)} of {name}");
    }

    private GateConditionResult Compare(double value, double bound, string shown)
    {
        var holds = Comparison switch
        {
            GateComparison.AtLeast => value >= bound,
            GateComparison.GreaterThan => value > bound,
            GateComparison.AtMost => value <= bound,
            _ => value < bound,
        };
        return Say(holds, $"{Metric} is {Show(value)}, {(holds ? "" : "not ")}{Symbol} {shown}");
    }

    private GateConditionResult Say(bool holds, string explanation) => new(ToString(), holds, explanation);

    private static string Show(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
