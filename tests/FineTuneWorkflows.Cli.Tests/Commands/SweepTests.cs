using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Tests.Fixture;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Cli.Tests.Commands;

public sealed class SweepTests : IDisposable
{
    private readonly Workplace place = new();

    public void Dispose() => place.Dispose();

    [Fact]
    public async Task All_combinations_are_tried_as_parts_of_one_run_and_the_best_is_run_whole()
    {
        var answer = await place.RunAsync("sweep", "six.json", "--over", "Epochs=1,2", "--repeat", "MaxLength=16,32", "--metric", "train/loss", "--minimize");

        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
        Assert.Contains("Trial 4 of 4: Epochs=2 MaxLength=32", answer.Out, StringComparison.Ordinal);
        Assert.Contains("The whole pipeline with the best: Epochs=2 MaxLength=16", answer.Out, StringComparison.Ordinal);
        var history = new RunHistory(place.Home);
        var runs = history.Ids().Reverse().Select(history.Read).ToList();
        Assert.Equal(
            ["Test pipeline sweep", "Epochs=1 MaxLength=16", "Epochs=1 MaxLength=32", "Epochs=2 MaxLength=16", "Epochs=2 MaxLength=32", "best: Epochs=2 MaxLength=16"], runs.Select(r => r.Name));
        Assert.Equal([null, .. Enumerable.Repeat(runs[0].RunId, 5)], runs.Select(r => r.Parent));
        Assert.Equal(RunState.Succeeded, runs[0].State);
        Assert.Equal("2", runs[0].Tags["best.Epochs"]);
        Assert.Equal([0.1, 0.1, 0.05, 0.05], runs[0].Series["train/loss"].Points.Select(p => p.Value));
        // Trials stop at the model; the best one's own is reused and goes on from there.
        Assert.All(runs[1..5], r => Assert.Equal("train", r.Stages[^1].Id));
        Assert.Equal(
            [StageOutcome.UpToDate, StageOutcome.UpToDate, StageOutcome.UpToDate, StageOutcome.UpToDate, StageOutcome.Executed, StageOutcome.Executed], runs[5].Stages.Select(s => s.Outcome));
    }

    [Fact]
    public async Task A_second_sweep_computes_nothing()
    {
        await place.RunAsync("sweep", "six.json", "--over", "Epochs=1,2", "--metric", "train/loss");

        var answer = await place.RunAsync("sweep", "six.json", "--over", "Epochs=1,2", "--metric", "train/loss", "--trials-only");

        Assert.Equal(ExitCode.Done, answer.Code);
        var history = new RunHistory(place.Home);
        Assert.All(history.Ids().Take(2).Select(history.Read).SelectMany(r => r.Stages), s => Assert.Equal(StageOutcome.UpToDate, s.Outcome));
    }

    [Fact]
    public async Task A_metric_that_no_trial_has_is_an_error_and_nothing_is_chosen()
    {
        var answer = await place.RunAsync("sweep", "six.json", "--over", "Epochs=1", "--metric", "test/los");

        Assert.Equal(ExitCode.Failed, answer.Code);
        Assert.Contains("no trial has the metric test/los", answer.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("The whole pipeline", answer.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Epoch=1", "there is no property Epoch; did you mean Epochs?")]
    [InlineData("Epochs=1,many", "property Epochs wants a whole number, got 'many'")]
    [InlineData("Epochs=1,500", "500")]
    public async Task A_wrong_value_is_found_before_anything_runs(string over, string message)
    {
        var answer = await place.RunAsync("sweep", "six.json", "--over", over);

        Assert.Equal(ExitCode.Wrong, answer.Code);
        Assert.Contains(message, answer.Error, StringComparison.Ordinal);
        Assert.Empty(new RunHistory(place.Home).Ids());
    }

    [Fact]
    public async Task What_is_tried_cannot_be_set_too()
    {
        var answer = await place.RunAsync("sweep", "six.json", "--over", "Epochs=1,2", "-p", "Epochs=3");

        Assert.Equal(ExitCode.Wrong, answer.Code);
        Assert.Contains("-p Epochs=... and sweep: the command sets Epochs itself, from its own options; leave -p Epochs out", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_lists_the_trials()
    {
        var answer = await place.RunAsync("sweep", "six.json", "--over", "Epochs=1,2", "--over", "MaxLength=16,32", "--dry-run");

        Assert.Equal("Epochs=1 MaxLength=16\nEpochs=1 MaxLength=32\nEpochs=2 MaxLength=16\nEpochs=2 MaxLength=32\n", answer.Out);
        Assert.Empty(new RunHistory(place.Home).Ids());
    }
}
