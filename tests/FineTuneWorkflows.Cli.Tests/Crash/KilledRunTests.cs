using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using FineTuneWorkflows.Cli.Tests.Fixture;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Cli.Tests.Crash;

/// <summary>
/// The built command, killed with SIGKILL while it runs the shipped workflow: the next run finishes, repeats no stage that was done, and makes the same model, byte for byte.
/// </summary>
public sealed class KilledRunTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("finetune-kill-").FullName;

    [Fact]
    public async Task A_run_killed_in_every_stage_ends_with_the_same_model_and_repeats_nothing_that_was_done()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGKILL");
        var definition = SmallWorkflow();
        var untouched = await RunToEndAsync(definition, "untouched");

        var done = new HashSet<string>();
        foreach (var moment in Moments())
        {
            await KillAtAsync(definition, "killed", moment);
            foreach (var stage in Finished("killed"))
                done.Add(stage);
        }

        var outcomes = await RunToEndAsync(definition, "killed");
        Assert.All(done, stage => Assert.Equal("up-to-date", outcomes.Outcomes[stage]));
        Assert.Contains("FineTune", done);
        Assert.Equal(untouched.Model, outcomes.Model);
        Assert.Contains(Events("killed").OfType<StageNoted>(), n => n.StageId == "FineTune" && n.Message.StartsWith("continues at step", StringComparison.Ordinal));
        Assert.Single(Events("killed").OfType<StageFinished>(), e => e is { StageId: "FineTune", Outcome: StageOutcome.Executed });
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // Each is looked for in what the journal says beyond the kill before it.
    private static IEnumerable<Func<RunEvent, bool>> Moments() =>
    [
        e => e is StageStarted { StageId: "Fetch" },
        e => e is StageStarted { StageId: "Tokenize" },
        e => e is MetricsLogged { StageId: "FineTune", Step: 3 },
        e => e is MetricsLogged { StageId: "FineTune", Step: 9 },
        e => e is StageStarted { StageId: "Evaluate" },
    ];

    // The shipped one with a small share of its data, one short epoch and a checkpoint every other step.
    private string SmallWorkflow()
    {
        var root = Repository.Folder;
        File.WriteAllLines(Path.Combine(folder, "sentences.jsonl"), File.ReadLines(Path.Combine(root, "data/sentiment/sentences.jsonl")).Take(260));
        var path = Path.Combine(folder, "sentiment.json");
        File.WriteAllText(path, File.ReadAllText(Path.Combine(root, "workflows/sentiment.json"))
            .Replace("../data/sentiment/", "", StringComparison.Ordinal)
            .Replace("\"../data/", $"\"{root}/data/", StringComparison.Ordinal)
            .Replace("\"bestMetric\":", "\"checkpointEverySteps\": { \"typeName\": \"Int32\", \"expression\": { \"type\": \"Literal\", \"value\": 2 } }, \"threads\": 1, \"bestMetric\":", StringComparison.Ordinal));
        return path;
    }

    private Process Start(string definition, string home) => Process.Start(new ProcessStartInfo("dotnet")
    {
        ArgumentList =
        {
            Path.Combine(AppContext.BaseDirectory, "finetune.dll"), "run", definition, "--home", Path.Combine(folder, home), "--json", "-p", "Epochs=1", "-p", "MaxLength=16", "-p", "BatchSize=16",
        },
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private async Task<(Dictionary<string, string> Outcomes, string Model)> RunToEndAsync(string definition, string home)
    {
        using var process = Start(definition, home);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        using var json = JsonDocument.Parse(await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await error);
        var stages = json.RootElement.GetProperty("stages").EnumerateArray().ToDictionary(s => s.GetProperty("id").GetString()!, s => s);
        var digest = stages["FineTune"].GetProperty("artifacts").GetProperty("model").GetString()!;
        var model = Path.Combine(folder, home, "objects", digest[..2], digest, "model.safetensors");
        return (stages.ToDictionary(s => s.Key, s => s.Value.GetProperty("outcome").GetString()!), Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(model, TestContext.Current.CancellationToken))));
    }

    private async Task KillAtAsync(string definition, string home, Func<RunEvent, bool> moment)
    {
        var before = Events(home).Count;
        using var process = Start(definition, home);
        while (!process.HasExited && !Events(home).Skip(before).Any(moment))
            await Task.Delay(5, TestContext.Current.CancellationToken);
        Assert.False(process.HasExited, "the run ended before its moment came");
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private IEnumerable<string> Finished(string home) =>
        Events(home).OfType<StageFinished>().Where(e => e.Outcome is StageOutcome.Executed).Select(e => e.StageId);

    private List<RunEvent> Events(string home)
    {
        var runs = Path.Combine(folder, home, "runs");
        return Directory.Exists(runs)
            ? [.. Directory.GetFiles(runs, "journal.jsonl", SearchOption.AllDirectories).Order(StringComparer.Ordinal).SelectMany(path => RunJournal.Read(path)).Select(line => line.Event)]
            : [];
    }
}
