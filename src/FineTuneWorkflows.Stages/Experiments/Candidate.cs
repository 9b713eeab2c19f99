namespace FineTuneWorkflows.Stages.Experiments;

/// <summary>A combination of values that a sweep tries, and what its trials measured.</summary>
/// <param name="Values">The values.</param>
public sealed record Candidate(IReadOnlyList<KeyValuePair<string, string>> Values)
{
    /// <summary>What each successful trial measured.</summary>
    public List<double> Scores { get; } = [];

    /// <summary>The mean; not a number without trials.</summary>
    public double Mean => Scores.Count == 0 ? double.NaN : Scores.Average();

    /// <summary>The sample's standard deviation; not a number with fewer than two trials.</summary>
    public double Deviation => Scores.Count < 2 ? double.NaN : Math.Sqrt(Scores.Sum(s => (s - Mean) * (s - Mean)) / (Scores.Count - 1));
}
