using System.IO.Compression;
using System.Text.Json;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Tests.Fixture;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Stages;

namespace FineTuneWorkflows.Cli.Tests.Commands;

/// <summary>The shipped workflows, cross-validated with their real stages on a small share of their data.</summary>
public sealed class CrossValidatedTrainingTests : IDisposable
{
    private readonly Workplace place = new();

    public CrossValidatedTrainingTests() => place.Host = StandardHost.Create(TextWriter.Null, () => FineTuneStages.Catalog);

    public void Dispose() => place.Dispose();

    [Fact]
    public async Task Entities_are_measured_over_folds()
    {
        place.Write("entities.jsonl", string.Concat(File.ReadLines(Path.Combine(Repository.Folder, "data/entities/train.jsonl")).Take(40).Select(line => line + "\n")));
        await CrossValidatedAsync("entities", "best_validation/f1", "-p", "Data=entities.jsonl");
    }

    [Fact]
    public async Task Topics_are_measured_over_folds()
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(Repository.Folder, "data/topics/glosses.jsonl.gz")), CompressionMode.Decompress));
        var rows = new List<(string Label, string Line)>();
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            using var row = JsonDocument.Parse(line);
            rows.Add((row.RootElement.GetProperty("label").GetString()!, line));
        }

        place.Write("topics.jsonl", string.Concat(rows.GroupBy(row => row.Label).SelectMany(rowsOfClass => rowsOfClass.Take(12)).Select(row => row.Line + "\n")));
        await CrossValidatedAsync("topics", "best_validation/accuracy", "-p", "Data=topics.jsonl");
    }

    private async Task CrossValidatedAsync(string workflow, string metric, params string[] properties)
    {
        var answer = await place.RunAsync(
            ["crossvalidate", Path.Combine(Repository.Folder, "workflows", workflow + ".json"), "--folds", "2", "-p", "Epochs=1", "-p", "BatchSize=8", .. properties, "--home", "home"]);
        Assert.True(answer.Code == ExitCode.Done, answer.Error);
        Assert.Contains("2 of 2 folds\n", answer.Out, StringComparison.Ordinal);

        var history = new RunHistory(place.Home);
        var runs = history.Ids().Select(history.Read).ToList();
        var folds = runs.Where(run => run.Parent is not null).ToList();
        Assert.Equal(2, folds.Count);
        // Each fold has its own validation data and its own model.
        double[] values = [.. folds.Select(run => run.Stages.SelectMany(stage => stage.Metrics).Single(m => m.Key == metric).Value)];
        Assert.Equal(values.Average(), runs.Single(run => run.Parent is null).RunMetrics["mean/" + metric], 1e-12);
        Assert.Equal(2, folds.Select(run => run.Stages.Single(stage => stage.Id == "FineTune").Artifacts["model"]).Distinct().Count());
    }
}
