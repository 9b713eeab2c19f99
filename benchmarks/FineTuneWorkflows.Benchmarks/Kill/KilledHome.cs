using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Benchmarks.Kill;

/// <summary>One home in which runs are killed, then one is let finish, and what must hold is checked.</summary>
/// <param name="definition">The pipeline.</param>
/// <param name="folder">The home; not there yet.</param>
/// <param name="reference">What an uninterrupted run gave.</param>
internal sealed class KilledHome(string definition, string folder, KilledHome.Reference reference)
{
    public const int KilledExitCode = 137;

    private readonly List<string> violations = [];
    private Dictionary<string, DateTime> done = [];
    private int kills;

    public string Folder => folder;

    public IReadOnlyList<string> Violations => violations;

    /// <summary>Runs to the end in a home of its own.</summary>
    public static async Task<Reference> UninterruptedAsync(string definition, string folder)
    {
        var run = (await ProgramRun.RunAsync(Repository.FineTune, Arguments(definition, folder))).Checked("the uninterrupted run");
        var stages = Stages(run.Output);
        // Where each stage begins, as a share of the whole, start of the process included.
        var begins = new Dictionary<string, double>(StringComparer.Ordinal);
        var journal = Events(folder).ToList();
        var end = journal[^1].Time;
        foreach (var started in journal.OfType<StageStarted>())
            begins[started.StageId] = 1 - ((end - started.Time).TotalMilliseconds / run.Milliseconds);
        return new(run.Milliseconds, begins, [.. stages.Select(s => s.Id)], ModelSha256(folder, stages));
    }

    /// <summary>Starts a run and kills it.</summary>
    /// <param name="aim">The share of the uninterrupted run at which to kill, from 0 to 1.</param>
    /// <returns>In words when it was killed and what was done by then; null if it had ended before.</returns>
    public async Task<string?> KillAsync(double aim)
    {
        var moment = TimeSpan.FromMilliseconds(reference.Milliseconds * Remaining(aim));
        var run = await ProgramRun.RunAsync(Repository.FineTune, Arguments(definition, folder), moment);
        if (run.ExitCode != KilledExitCode)
        {
            if (run.ExitCode != 0)
                violations.Add($"a run after {kills} kills ended with exit code {run.ExitCode} before it was killed: {run.Error.Trim()}");
            else
                CheckFinished(run);
            return null;
        }

        kills++;
        var started = Events(folder).OfType<StageStarted>().Select(e => e.StageId).ToList();
        CheckNothingRepeated();
        done = Records();
        var running = started.Count > 0 && !IsDone(started[^1]) ? $"in {started[^1]}" : started.Count > 0 ? $"after {started[^1]}" : "before the first stage";
        return string.Create(CultureInfo.InvariantCulture, $"after {moment.TotalSeconds:0.00} s, {running}; done: {(done.Count == 0 ? "none" : string.Join(' ', reference.Order.Where(IsDone)))}");
    }

    /// <summary>Runs to the end and checks the result.</summary>
    public async Task FinishAsync()
    {
        var run = await ProgramRun.RunAsync(Repository.FineTune, Arguments(definition, folder));
        if (run.ExitCode != 0)
            violations.Add($"the run after {kills} kills ended with exit code {run.ExitCode}: {run.Error.Trim()}");
        else
            CheckFinished(run);
    }

    private static string[] Arguments(string definition, string folder) => ["run", definition, "--home", folder, "--json"];

    private void CheckFinished(ProgramRun run)
    {
        var stages = Stages(run.Output);
        foreach (var stage in stages)
            if (stage.Outcome != (IsDone(stage.Id) ? "up-to-date" : "executed"))
                violations.Add($"stage {stage.Id}, {(IsDone(stage.Id) ? "done" : "not done")} before the last kill, was then {stage.Outcome}");
        CheckNothingRepeated();
        done = Records();
        var model = ModelSha256(folder, stages);
        if (model != reference.ModelSha256)
            violations.Add($"model.safetensors is {model} instead of {reference.ModelSha256}");
    }

    // A stage that is executed again writes its record again.
    private void CheckNothingRepeated()
    {
        var now = Records();
        foreach (var (stage, written) in done)
            if (!now.TryGetValue(stage, out var later))
                violations.Add($"stage {stage} was done and its record is gone");
            else if (later != written)
                violations.Add($"stage {stage} was done and was repeated");
    }

    // A run that goes on starts the process, then begins with the first stage that is not done; what lies before it takes no time. An aim that is behind us is one into what is left.
    private double Remaining(double aim)
    {
        if (kills == 0)
            return aim;
        var starting = reference.Begins.Values.Min();
        var behind = reference.Order.TakeWhile(IsDone).LastOrDefault() is { } last ? reference.EndOf(last) : starting;
        return starting + (aim >= behind ? aim - behind : (1 - behind) * Math.Max(0, aim - starting) / (1 - starting));
    }

    private bool IsDone(string stage) => done.ContainsKey(stage);

    /// <summary>The stages that have a record, by their names, with when it was written.</summary>
    private Dictionary<string, DateTime> Records()
    {
        var byFingerprint = Events(folder).OfType<StageStarted>().DistinctBy(e => e.Fingerprint).ToDictionary(e => e.Fingerprint, e => e.StageId, StringComparer.Ordinal);
        var records = Path.Combine(folder, "stages");
        return !Directory.Exists(records)
            ? []
            : Directory.EnumerateFiles(records, "*.json").ToDictionary(file => byFingerprint[Path.GetFileNameWithoutExtension(file)], File.GetLastWriteTimeUtc, StringComparer.Ordinal);
    }

    private static IEnumerable<RunEvent> Events(string folder)
    {
        var runs = Path.Combine(folder, "runs");
        if (!Directory.Exists(runs))
            return [];
        var home = Home.Open(folder);
        return Directory.EnumerateDirectories(runs).Order(StringComparer.Ordinal)
            .Select(run => RunJournal.PathOf(home, Path.GetFileName(run)))
            .Where(File.Exists)
            .SelectMany(journal => RunJournal.Read(journal).Select(e => e.Event));
    }

    private static List<(string Id, string Outcome, Dictionary<string, string> Artifacts)> Stages(string output)
    {
        using var summary = JsonDocument.Parse(output);
        return
        [
            .. summary.RootElement.GetProperty("stages").EnumerateArray().Select(s => (
                s.GetProperty("id").GetString()!, s.GetProperty("outcome").GetString()!, s.GetProperty("artifacts").Deserialize<Dictionary<string, string>>()!)),
        ];
    }

    private static string ModelSha256(string folder, List<(string Id, string Outcome, Dictionary<string, string> Artifacts)> stages)
    {
        var digest = stages.SelectMany(s => s.Artifacts).Single(a => a.Key == "model").Value;
        using var file = File.OpenRead(Path.Combine(folder, "objects", digest[..2], digest, "model.safetensors"));
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    /// <summary>What an uninterrupted run gave.</summary>
    /// <param name="Milliseconds">How long it took, start of the process included.</param>
    /// <param name="Begins">When each stage began, as a share of that time.</param>
    /// <param name="Order">The stages in their order.</param>
    /// <param name="ModelSha256">The digest of the model's weights.</param>
    public sealed record Reference(double Milliseconds, IReadOnlyDictionary<string, double> Begins, IReadOnlyList<string> Order, string ModelSha256)
    {
        /// <summary>When a stage ended, as a share of the whole.</summary>
        public double EndOf(string stage) => Order.SkipWhile(s => s != stage).Skip(1).FirstOrDefault() is { } next ? Begins[next] : 1;
    }
}
