using FineTuneWorkflows.Tracking.Events;
using FineTuneWorkflows.Tracking.Runs;
using FineTuneWorkflows.Tracking.Store;

namespace FineTuneWorkflows.Tracking.Tests.Runs;

public sealed class RunIndexTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TrackingStore _store;
    private readonly RunIndex _index;

    public RunIndexTests()
    {
        _store = TrackingStore.Open(_folder.File("state.db"));
        _index = new RunIndex(_store);
    }

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Runs_are_listed_newest_first_up_to_a_limit()
    {
        _store.Append([Make.Start("b", second: 2), Make.Start("a", second: 1), Make.Start("c", second: 3)]);
        Assert.Equal(["c", "b", "a"], _index.List().Select(run => run.RunId));
        Assert.Equal(["c", "b"], _index.List(new RunQuery { Limit = 2 }).Select(run => run.RunId));
        Assert.Empty(_index.List(new RunQuery { Limit = 0 }));
    }

    [Fact]
    public void The_default_limit_is_50() => Assert.Equal(50, new RunQuery().Limit);

    [Fact]
    public void Runs_are_filtered_by_name_status_experiment_and_parent()
    {
        _store.Append(
        [
            Make.Start("a", "sentiment"), Make.Start("b", "spam_1", 1), Make.Start("c", "spamX1", 2, parent: "b"),
            new RunEnded("a", RunStatus.Failed, Make.Noon.AddMinutes(1)),
        ]);
        Assert.Equal(["c", "b"], Ids(new RunQuery { Name = "SPAM*" }));
        Assert.Equal(["b"], Ids(new RunQuery { Name = "spam_1" }));
        Assert.Equal(["a"], Ids(new RunQuery { Status = RunStatus.Failed }));
        Assert.Equal(["c"], Ids(new RunQuery { ParentRunId = "b" }));
        Assert.Equal(["b", "a"], Ids(new RunQuery { TopLevelOnly = true }));
        Assert.Empty(Ids(new RunQuery { Experiment = "other" }));
    }

    [Fact]
    public void A_run_is_found_by_the_beginning_of_its_id_when_there_is_one()
    {
        _store.Append([Make.Start("abc1"), Make.Start("abd2"), Make.Start("abd")]);
        Assert.Equal("abc1", _index.Find("abc").RunId);
        Assert.Equal("abd", _index.Find("abd").RunId);
        Assert.Contains("Several runs begin with ab: ", Assert.Throws<TrackingException>(() => _index.Find("ab")).Message, StringComparison.Ordinal);
        Assert.Contains("There is no run x", Assert.Throws<TrackingException>(() => _index.Find("x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_shows_all_that_was_told_of_it()
    {
        _store.Append(
        [
            Make.Start("a"),
            Make.Parameters("a", ("fine-tune.Epochs", "3"), ("Augment.Rate", "0.1")),
            Make.Tags("a", ("user", "ann"), ("note", "first")),
            Make.Tags("a", ("note", "second")),
            Make.Metrics("a", ("train/loss", 2, 1), ("train/loss", 1.5, 2), ("test/accuracy", 0.9, 0)),
            new DatasetUsed("a", "imdb", "d1", "data/imdb.csv", "training"),
            new DatasetUsed("a", "imdb", "d1", "data/imdb.csv", "training"),
            new ArtifactProduced("a", "plots/loss.png", "/tmp/loss.png", "d2"),
            new ModelLogged("a", "sentiment", "/tmp/model", "d3", Make.Noon, new Dictionary<string, double> { ["test/accuracy"] = double.NaN }),
            new RunEnded("a", RunStatus.Finished, Make.Noon.AddMinutes(2)),
        ]);
        var run = _index.Show("a");
        Assert.Equal(new RunSummary("a", "sentiment", "tests", null, RunStatus.Finished, Make.Noon, Make.Noon.AddMinutes(2)), run.Run);
        Assert.Equal(TimeSpan.FromMinutes(2), run.Run.Duration);
        Assert.Equal([("Augment.Rate", "0.1"), ("fine-tune.Epochs", "3")], run.Parameters.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal([("note", "second"), ("user", "ann")], run.Tags.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal(1.5, run.Metrics["train/loss"].Value);
        Assert.Equal(2, run.Metrics["train/loss"].Step);
        Assert.Equal(new DatasetUsed("a", "imdb", "d1", "data/imdb.csv", "training"), Assert.Single(run.Datasets));
        Assert.Equal(new ArtifactProduced("a", "plots/loss.png", "/tmp/loss.png", "d2"), Assert.Single(run.Artifacts));
        Assert.True(double.IsNaN(Assert.Single(Assert.Single(run.Models).Metrics!).Value));
    }

    [Fact]
    public void A_resumed_run_is_running_again()
    {
        _store.Append([Make.Start("a"), new RunEnded("a", RunStatus.Killed, Make.Noon), new RunResumed("a", Make.Noon)]);
        Assert.Equal((RunStatus.Running, null), (_index.Find("a").Status, _index.Find("a").Ended));
    }

    [Fact]
    public void A_parameter_keeps_its_first_value_and_another_one_becomes_a_tag()
    {
        _store.Append([Make.Start("a"), Make.Parameters("a", ("Epochs", "3")), Make.Parameters("a", ("Epochs", "3"))]);
        Assert.Empty(_index.Show("a").Tags);
        _store.Append([Make.Parameters("a", ("Epochs", "5"))]);
        Assert.Equal("3", _index.Show("a").Parameters["Epochs"]);
        Assert.Equal("5", _index.Show("a").Tags["parameter_changed/Epochs"]);
    }

    [Fact]
    public void Values_that_are_no_numbers_or_infinite_are_kept()
    {
        double[] values = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, double.MaxValue, 0.1];
        _store.Append([Make.Start("a"), Make.Metrics("a", values.Select((value, step) => ("m", value, (long)step)).ToArray())]);
        Assert.Equal(values, _index.History("a", "m").Select(point => point.Value));
    }

    [Fact]
    public void A_metric_s_history_goes_by_step_and_its_latest_value_is_that_of_the_greatest_step()
    {
        _store.Append([Make.Start("a"), Make.Metrics("a", ("m", 3, 3), ("m", 1, 1))]);
        _store.Append([Make.Metrics("a", ("m", 2, 2), ("n", 9, -4))]);
        Assert.Equal([1, 2, 3], _index.History("a", "m").Select(point => point.Step));
        Assert.Equal(3, _index.Show("a").Metrics["m"].Value);
        Assert.Equal(-4, _index.Show("a").Metrics["n"].Step);
        Assert.Empty(_index.History("a", "never"));
    }

    [Fact]
    public void A_comparison_says_which_rows_differ()
    {
        _store.Append(
        [
            Make.Start("a"), Make.Start("b"),
            Make.Parameters("a", ("Epochs", "3"), ("Seed", "1")), Make.Parameters("b", ("Epochs", "3"), ("Seed", "2")),
            Make.Metrics("a", ("acc", 0.5, 0)), Make.Metrics("b", ("acc", 0.5, 0), ("only", 1, 0)),
            new DatasetUsed("a", "imdb", "d1", "x", "training"), new DatasetUsed("b", "imdb", "d2", "x", "training"),
        ]);
        var comparison = _index.Compare(["a", "b"]);
        Assert.Equal(["a", "b"], comparison.Runs.Select(run => run.RunId));
        Assert.Equal([("Epochs", false), ("Seed", true)], comparison.Parameters.Select(row => (row.Key, row.Differs)));
        Assert.Equal([("acc", false), ("only", true)], comparison.Metrics.Select(row => (row.Key, row.Differs)));
        Assert.Equal([null, 1.0], comparison.Metrics[1].Values);
        Assert.Equal(["d1", "d2"], Assert.Single(comparison.Datasets).Values);
    }

    private IEnumerable<string> Ids(RunQuery query) => _index.List(query).Select(run => run.RunId);
}
