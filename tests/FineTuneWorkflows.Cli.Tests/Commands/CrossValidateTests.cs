using System.ComponentModel.DataAnnotations;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Tests.Fixture;
using FineTuneWorkflows.Foundation.Parameters;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Cli.Tests.Commands;

public sealed class CrossValidateTests : IDisposable
{
    private readonly Workplace place = new();

    public CrossValidateTests()
    {
        place.Host = place.Host with { Catalog = () => new StageCatalog(typeof(Learn)) };
        place.Write("folds.json", """
            {"definitionId":"folds","name":"Folds","variables":[
              {"id":"v1","name":"Folds","typeName":"Int32","value":"0"},{"id":"v2","name":"Fold","typeName":"Int32","value":"0"},{"id":"v3","name":"Breaks","typeName":"Int32","value":"-1"}],
             "root":{"type":"Elsa.Sequence","activities":[{"id":"Learn","type":"FineTune.Learn",
              "folds":{"expression":{"type":"Variable","value":{"id":"v1","name":"Folds"}}},"fold":{"expression":{"type":"Variable","value":{"id":"v2","name":"Fold"}}},
              "breaks":{"expression":{"type":"Variable","value":{"id":"v3","name":"Breaks"}}}}]}}
            """);
    }

    public void Dispose() => place.Dispose();

    [Fact]
    public async Task Each_fold_is_a_part_of_one_run_that_ends_with_mean_and_deviation_of_all_metrics()
    {
        var answer = await place.RunAsync("crossvalidate", "folds.json", "--folds", "3", "--home", "home");

        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
        // 0.5, 0.6 and 0.7: the mean 0.6, the sample standard deviation 0.1.
        Assert.Contains("3 of 3 folds\n", answer.Out, StringComparison.Ordinal);
        Assert.Matches(@"best_validation/accuracy +0\.6 +0\.1 +0\.5 +0\.7\n", answer.Out);
        Assert.Matches(@"generalization/gap/loss +0\.3 +0 +0\.3 +0\.3\n", answer.Out);
        Assert.DoesNotContain("train/loss", answer.Out[answer.Out.IndexOf("3 of 3", StringComparison.Ordinal)..], StringComparison.Ordinal);

        var history = new RunHistory(place.Home);
        var runs = history.Ids().Reverse().Select(history.Read).ToList();
        Assert.Equal(["Folds cross-validation", "fold 0 of 3", "fold 1 of 3", "fold 2 of 3"], runs.Select(r => r.Name));
        Assert.All(runs[1..], r => Assert.Equal(runs[0].RunId, r.Parent));
        Assert.Equal(0.6, runs[0].RunMetrics["mean/best_validation/accuracy"], 1e-12);
        Assert.Equal(0.1, runs[0].RunMetrics["deviation/best_validation/accuracy"], 1e-12);
    }

    [Fact]
    public async Task Folds_that_are_up_to_date_are_not_computed_again_and_count_all_the_same()
    {
        var first = await place.RunAsync("crossvalidate", "folds.json", "--folds", "2", "--home", "home");
        var second = await place.RunAsync("crossvalidate", "folds.json", "--folds", "2", "--home", "home");

        var history = new RunHistory(place.Home);
        Assert.All(history.Ids().Take(2).Select(history.Read).SelectMany(r => r.Stages), s => Assert.Equal(StageOutcome.UpToDate, s.Outcome));
        Assert.Equal(Table(first.Out), Table(second.Out));

        static string Table(string text) => text[text.IndexOf("2 of 2 folds", StringComparison.Ordinal)..];
    }

    [Fact]
    public async Task After_a_fold_that_failed_the_others_are_done_and_the_table_says_how_many()
    {
        var answer = await place.RunAsync("crossvalidate", "folds.json", "--folds", "3", "-p", "Breaks=1", "--home", "home");

        Assert.Equal(ExitCode.Failed, answer.Code);
        Assert.Contains("fold 1 breaks", answer.Error, StringComparison.Ordinal);
        Assert.Contains("2 of 3 folds\n", answer.Out, StringComparison.Ordinal);
        Assert.Matches(@"best_validation/accuracy +0\.6 +0\.1414 +0\.5 +0\.7\n", answer.Out);
    }

    [Theory]
    [InlineData("1", "folds.json", "--folds is 1; a cross-validation has 2 to 1000 folds")]
    [InlineData("3", "six.json", "there is no property Folds")]
    public async Task What_cannot_be_cross_validated_is_refused_before_anything_runs(string folds, string definition, string message)
    {
        place.Host = definition == "six.json" ? TestStages.Host : place.Host;
        var answer = await place.RunAsync("crossvalidate", definition, "--folds", folds, "--home", "home");

        Assert.Equal(ExitCode.Wrong, answer.Code);
        Assert.Contains(message, answer.Error, StringComparison.Ordinal);
        Assert.Empty(new RunHistory(place.Home).Ids());
    }

    [Fact]
    public async Task A_definition_without_the_properties_is_cross_validated_by_the_stage_that_has_the_parameters()
    {
        place.Write("plain.json", """{"definitionId":"plain","name":"Plain","root":{"type":"Elsa.Sequence","activities":[{"id":"Learn","type":"FineTune.Learn"}]}}""");

        var answer = await place.RunAsync("crossvalidate", "plain.json", "--folds", "3", "-p", "Learn.Breaks=2", "--home", "home");

        Assert.Equal(ExitCode.Failed, answer.Code);
        Assert.Matches(@"best_validation/accuracy +0\.55 +0\.07071 +0\.5 +0\.6\n", answer.Out);
    }

    [Theory]
    [InlineData("Folds=2")]
    [InlineData("Learn.Folds=2")]
    public async Task The_number_of_folds_is_not_set_as_a_property_which_would_count_for_nothing(string property)
    {
        var answer = await place.RunAsync("crossvalidate", "folds.json", "-p", property, "--home", "home");

        Assert.Equal(ExitCode.Wrong, answer.Code);
        Assert.Contains("the command sets ", answer.Error, StringComparison.Ordinal);
        Assert.Contains("leave -p ", answer.Error, StringComparison.Ordinal);
    }

    [Stage("FineTune.Learn", Description = "Reaches more on each fold.")]
    [Produces("model")]
    public sealed record Learn : Stage
    {
        [Parameter("The number of folds."), Range(0, 1000)]
        public int Folds { get; init; }

        [Parameter("The fold."), Range(0, 999)]
        public int Fold { get; init; }

        [Parameter("The fold that fails.")]
        public int Breaks { get; init; } = -1;

        public override Task RunAsync(StageContext context, CancellationToken cancellationToken)
        {
            if (Fold == Breaks)
                throw new StageException($"fold {Fold} breaks");
            context.LogMetrics([new("train/loss", 1), new("best_validation/accuracy", 0.5 + (0.1 * Fold)), new("generalization/gap/loss", 0.3)]);
            File.WriteAllText(Path.Combine(context.Output("model"), "fold"), $"{Fold} of {Folds}");
            return Task.CompletedTask;
        }
    }
}
