using System.Text.Json.Nodes;
using FineTuneWorkflows.Server.Tests.Support;

namespace FineTuneWorkflows.Server.Tests.RealStages;

/// <summary>The shipped workflow on the real server, killed as by <c>kill -9</c> in stages, beside the same run on the command line that nobody killed.</summary>
public class KilledTrainingTests(ITestOutputHelper output)
{
    // benchmarks/server-kill.sh names all six.
    private static readonly string[] KilledIn = (Environment.GetEnvironmentVariable("FINETUNE_KILL_STAGES") ?? "FineTune").Split(' ');

    [Fact]
    public async Task Killed_in_its_stages_the_instance_finishes_by_itself_and_the_model_is_the_same_to_the_byte()
    {
        using var folder = new TestFolder();
        RealWorkflow.Write(folder, rows: 200, change: d =>
        {
            RealWorkflow.SetVariable(d, "Epochs", "3");
            RealWorkflow.SetLiteral(d, "FineTune", "checkpointEverySteps", "Int32", 2);
        });
        string? instance = null;
        foreach (var stage in KilledIn)
        {
            await using var server = await ServerProcess.StartAsync(Repository.ServerProgram, [], folder, setsSecrets: true);
            instance ??= await server.Client.DispatchAsync("sentiment");
            await server.Client.UntilAsync(instance, s => Has(s, stage) && (stage != "FineTune" || StepsOf(s) >= 4));
            await server.KillAsync();
        }

        var watch = System.Diagnostics.Stopwatch.StartNew();
        await using var last = await ServerProcess.StartAsync(Repository.ServerProgram, [], folder, setsSecrets: true);
        var finished = await last.Client.UntilFinishedAsync(instance!, TimeSpan.FromMinutes(3));
        output.WriteLine($"killed in {string.Join(", ", KilledIn)}; after the last start the instance finished within {watch.Elapsed.TotalSeconds:F1} s");
        var journal = (await File.ReadAllLinesAsync(Directory.GetFiles(Path.Combine(folder.Home, "runs"), "journal.jsonl", SearchOption.AllDirectories).Single())).Select(l => JsonNode.Parse(l)!).ToList();
        var whole = await FinetuneCommand.PipelineAsync(folder, Path.Combine(folder.Path, "other-home"), "sentiment.json");
        var again = await FinetuneCommand.PipelineAsync(folder, folder.Home, "sentiment.json");

        Assert.Equal(6, finished.Outcomes().Split(' ').Length);
        // Where the server died between a stage's commit and its word of it, the stage was up to date when it came round again; done twice it never was.
        Assert.All(finished["stages"]!.AsArray(), s => Assert.Contains(s!["outcome"]!.GetValue<string>(), (string[])["executed", "up-to-date"]));
        foreach (var started in journal.Where(e => e["event"]!.GetValue<string>() == "stage-started").GroupBy(e => e["stageId"]!.GetValue<string>()))
            Assert.True(started.Count() == 1 || KilledIn.Contains(started.Key), $"{started.Key} ran {started.Count()} times");
        if (KilledIn.Contains("FineTune"))
            Assert.Contains(journal, e => e["event"]!.GetValue<string>() == "stage-noted" && e["message"]!.GetValue<string>().StartsWith("continues at step ", StringComparison.Ordinal));
        Assert.Equal(Artifact(whole, "FineTune", "model"), finished.Stage("FineTune")["artifacts"]!["model"]!.GetValue<string>());
        // What the server built is up to date for the command line.
        Assert.All(again["stages"]!.AsArray(), s => Assert.Equal("up-to-date", s!["outcome"]!.GetValue<string>()));
    }

    private static bool Has(JsonNode status, string stage) => status["stages"]!.AsArray().Any(j => j!["id"]!.GetValue<string>() == stage && j["status"]!.GetValue<string>() != "queued");

    // "7 of 20 steps, ..."; a stage that is done has no progress.
    private static int StepsOf(JsonNode status) =>
        status.Stage("FineTune") is var stage && stage["progress"]?.GetValue<string>() is { } progress ? int.Parse(progress.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)
        : stage["outcome"] is null ? 0 : int.MaxValue;

    private static string Artifact(JsonNode summary, string stage, string name) =>
        summary["stages"]!.AsArray().Single(s => s!["id"]!.GetValue<string>() == stage)!["artifacts"]![name]!.GetValue<string>();
}
