using System.Globalization;
using System.Text.Json;
using FineTuneWorkflows.Benchmarks.Harness;

namespace FineTuneWorkflows.Benchmarks.Seeds;

/// <summary>A shipped pipeline, run by the built command with one seed in a home of its own.</summary>
/// <param name="Seconds">How long the command took.</param>
/// <param name="Figures">What the model and each rival reached on the test examples.</param>
internal sealed record SeedRun(double Seconds, IReadOnlyDictionary<string, double> Figures)
{
    /// <summary>The fine-tuned model's name among the figures.</summary>
    public const string Model = "fine-tuned";

    /// <summary>Runs the pipeline and trains the rivals.</summary>
    /// <exception cref="BenchmarkException">The command failed, or did not measure what is asked for.</exception>
    public static async Task<SeedRun> OfAsync(string workflow, string metric, int seed, IEnumerable<string> properties)
    {
        using var scratch = new ScratchFolder();
        var given = properties.Append(string.Create(CultureInfo.InvariantCulture, $"Seed={seed}")).SelectMany(p => (string[])["-p", p]);
        var run = (await ProgramRun.RunAsync(Repository.FineTune, ["run", Path.Combine(Repository.Root, "workflows", workflow + ".json"), "--home", scratch.Root, "--json", .. given]))
            .Checked($"the run with seed {seed}");
        using var summary = JsonDocument.Parse(run.Output);
        var metrics = summary.RootElement.GetProperty("metrics");
        var figures = new Dictionary<string, double> { [Model] = Metric("test") };
        if (metrics.TryGetProperty("baseline/accuracy", out _))
            // What Evaluate trains beside the model, and others, each on what the model saw and on the examples without the changed copies.
            foreach (var (folder, addition) in Datasets(summary.RootElement, scratch.Root))
            foreach (var (name, accuracy) in TextRivals.Train(folder))
                figures[name + addition] = accuracy;
        else
            figures["most frequent tag"] = Metric("baseline");
        if (figures.TryGetValue(TextRivals.MlNet, out var again) && Math.Abs(again - Metric("baseline")) > 1e-9)
            throw new BenchmarkException($"ML.NET reached {Metric("baseline")} in the stage Evaluate, but {again} here; they must be the same");
        return new(run.Milliseconds / 1000, figures);

        double Metric(string of) => metrics.TryGetProperty($"{of}/{metric}", out var value) ? value.GetDouble() : throw new BenchmarkException($"the run with seed {seed} has no metric {of}/{metric}");
    }

    /// <summary>The dataset that the model was trained on, and where copies were added to it, the one before.</summary>
    private static IEnumerable<(string Folder, string Addition)> Datasets(JsonElement summary, string home)
    {
        var digests = summary.GetProperty("stages").EnumerateArray().Select(stage => stage.GetProperty("artifacts")).Where(artifacts => artifacts.TryGetProperty("dataset", out _))
            .Select(artifacts => artifacts.GetProperty("dataset").GetString()!).ToList();
        yield return (Folder(digests[^1]), "");
        if (digests.Count > 1)
            yield return (Folder(digests[0]), " without copies");

        string Folder(string digest) => Path.Combine(home, "objects", digest[..2], digest);
    }
}
