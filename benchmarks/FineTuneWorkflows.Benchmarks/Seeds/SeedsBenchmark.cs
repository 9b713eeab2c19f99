using FineTuneWorkflows.Benchmarks.Harness;

namespace FineTuneWorkflows.Benchmarks.Seeds;

/// <summary>
/// What a shipped pipeline reaches with the seeds 1 to 5, each of which draws another split, other copies, newly initialized weights and another order, beside its rivals on the same test examples of each seed: means,
/// standard deviations, and mean and standard deviation of the differences seed by seed, which tell more than two deviations side by side, because a split that is hard for one is hard for all.
/// </summary>
/// <param name="workflow">The definition's name.</param>
/// <param name="metric">What is compared.</param>
/// <param name="seconds">The most that one run may take; null where nothing is said about it, then it may take long.</param>
/// <param name="properties">What is set besides the seed.</param>
internal sealed class SeedsBenchmark(string workflow, string metric, double? seconds, params string[] properties) : IBenchmark
{
    private const int Seeds = 5;

    public string Name => workflow + "-seeds";

    public bool TakesLong => seconds is null;

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(Action<string> log)
    {
        var runs = new List<SeedRun>();
        for (var seed = 1; seed <= Seeds; seed++)
        {
            runs.Add(await SeedRun.OfAsync(workflow, metric, seed, properties));
            log(FormattableString.Invariant($"seed {seed}: {string.Join(", ", runs[^1].Figures.Select(f => FormattableString.Invariant($"{f.Key} {f.Value:0.0000}")))}, {runs[^1].Seconds:0.0} s"));
        }

        var results = runs[0].Figures.Keys.Where(name => name != SeedRun.Model).SelectMany(rival => Beside(runs, rival)).ToList();
        if (seconds is { } most)
            results.Add(BenchmarkResult.AtMost($"{Name}-slowest", runs.Max(r => r.Seconds), "s", most));
        return results;
    }

    private IEnumerable<BenchmarkResult> Beside(List<SeedRun> runs, string rival)
    {
        var (ours, theirs) = (runs.ConvertAll(r => r.Figures[SeedRun.Model]), runs.ConvertAll(r => r.Figures[rival]));
        var differences = ours.Zip(theirs, (a, b) => a - b).ToList();
        var key = $"{Name}-{rival.ToLowerInvariant().Replace(".", "", StringComparison.Ordinal).Replace(' ', '-')}";
        yield return BenchmarkResult.Against(key, ours.Average(), metric, rival, theirs.Average(), "at least the rival's", 1, double.PositiveInfinity) with
        {
            Deviation = Rounded(ours.Deviation()), RivalDeviation = Rounded(theirs.Deviation()),
        };
        yield return BenchmarkResult.AtLeast($"{key}-difference", differences.Average(), metric, 0) with { Deviation = Rounded(differences.Deviation()) };
    }

    private static double Rounded(double deviation) => Math.Round(deviation, 4);
}
