namespace FineTuneWorkflows.Benchmarks.Harness;

/// <summary>A figure beside its rival's and its goal.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">Ours.</param>
/// <param name="Unit">The unit of both figures.</param>
/// <param name="Rival">What it is compared with, or null.</param>
/// <param name="RivalValue">The rival's figure, or null.</param>
/// <param name="Ratio">Value / RivalValue, or null.</param>
/// <param name="Goal">The goal in words.</param>
/// <param name="Holds">Whether the goal was reached.</param>
internal sealed record BenchmarkResult(string Name, double Value, string Unit, string? Rival, double? RivalValue, double? Ratio, string Goal, bool Holds)
{
    /// <summary>The standard deviation of our figure where it is a mean, or null.</summary>
    public double? Deviation { get; init; }

    /// <summary>The standard deviation of the rival's, or null.</summary>
    public double? RivalDeviation { get; init; }

    /// <summary>A figure that must not be larger than a limit.</summary>
    public static BenchmarkResult AtMost(string name, double value, string unit, double limit, (string Name, double? Value)? rival = null) =>
        new(name, Rounded(value), unit, rival?.Name, Rounded(rival?.Value), Rounded(value / rival?.Value), FormattableString.Invariant($"at most {limit} {unit}"), value <= limit);

    /// <summary>A figure that must not be smaller than a limit.</summary>
    public static BenchmarkResult AtLeast(string name, double value, string unit, double limit, (string Name, double? Value)? rival = null) =>
        new(name, Rounded(value), unit, rival?.Name, Rounded(rival?.Value), Rounded(value / rival?.Value), FormattableString.Invariant($"at least {limit} {unit}"), value >= limit);

    /// <summary>A figure whose ratio to the rival's must lie in a range.</summary>
    public static BenchmarkResult Against(string name, double value, string unit, string rival, double rivalValue, string goal, double least, double most) =>
        new(name, Rounded(value), unit, rival, Rounded(rivalValue), Rounded(value / rivalValue), goal, value / rivalValue >= least && value / rivalValue <= most);

    private static double? Rounded(double? value) => value is { } known ? Rounded(known) : null;

    // Four significant digits: more would pretend.
    private static double Rounded(double value) =>
        value == 0 ? 0 : double.Parse(value.ToString("G4", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);
}
