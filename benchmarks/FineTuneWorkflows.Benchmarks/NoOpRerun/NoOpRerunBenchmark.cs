using System.Text.Json;
using FineTuneWorkflows.Benchmarks.Harness;

namespace FineTuneWorkflows.Benchmarks.NoOpRerun;

/// <summary>
/// A rerun of the shipped six-stage pipeline with nothing to do, by the published command, beside a hello-world program: two native launchers, started in turn, standard output and error read through pipes. The smallest time of each counts:
/// whatever else the machine does can only add to it.
/// </summary>
internal sealed class NoOpRerunBenchmark : IBenchmark
{
    private const int Pairs = 40;
    private const double MostTimes = 5;

    public string Name => "noop-rerun";

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(Action<string> log)
    {
        using var scratch = new ScratchFolder();
        string[] arguments = ["run", Repository.Workflow, "--home", scratch.Under("home"), "-p", "Epochs=1", "--json"];
        log("first run, which does the work");
        (await ProgramRun.RunAsync(Repository.PublishedFineTune, arguments)).Checked("the first run");

        var ours = new List<double>();
        var hello = new List<double>();
        log($"{Pairs} pairs");
        for (var i = 0; i < Pairs; i++)
        {
            hello.Add((await ProgramRun.RunAsync(Repository.HelloWorld, [])).Checked("hello world").Milliseconds);
            var rerun = (await ProgramRun.RunAsync(Repository.PublishedFineTune, arguments)).Checked("the rerun");
            RequireUpToDate(rerun.Output);
            ours.Add(rerun.Milliseconds);
        }

        log("finetune run, ms: " + ours.Spread());
        log("hello world, ms:  " + hello.Spread());
        return [BenchmarkResult.Against(Name, ours.Min(), "ms", "hello world", hello.Min(), $"at most {MostTimes} times", 0, MostTimes)];
    }

    private static void RequireUpToDate(string output)
    {
        using var summary = JsonDocument.Parse(output);
        foreach (var stage in summary.RootElement.GetProperty("stages").EnumerateArray())
            if (stage.GetProperty("outcome").GetString() is not "up-to-date" and var outcome)
                throw new BenchmarkException($"the rerun was not one with nothing to do: stage {stage.GetProperty("id")} was {outcome}: {stage.GetProperty("reason")}");
    }
}
