using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Tests.Fixture;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Stages;

namespace FineTuneWorkflows.Cli.Tests.Commands;

/// <summary>Any parameter of any stage from the command line, in every command that takes a definition.</summary>
public sealed class GivenParameterTests : IDisposable
{
    private readonly Workplace place = new();

    private RunHistory History => new(place.Home);

    public void Dispose() => place.Dispose();

    [Fact]
    public async Task A_run_takes_it_reruns_what_depends_on_it_and_keeps_it()
    {
        await place.RunAsync("run", "six.json");

        var answer = await place.RunAsync("run", "six.json", "-p", "train.LearningRate=0.5");

        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
        Assert.Contains("LearningRate changed 2E-05 -> 0.5", answer.Out, StringComparison.Ordinal);
        Assert.Equal("0.5", History.Read(History.Ids().First()).Properties["train.LearningRate"]);
        Assert.Contains("train.LearningRate", (await place.RunAsync("runs", "show", "latest")).Out, StringComparison.Ordinal);
        Assert.Contains("property train.LearningRate", (await place.RunAsync("runs", "compare", History.Ids().Last(), History.Ids().First())).Out, StringComparison.Ordinal);
        // The same by the stage's type is the same request.
        Assert.Contains("Everything is up to date.", (await place.RunAsync("status", "six.json", "-p", "Train.learningrate=0.5")).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("status")]
    [InlineData("validate")]
    [InlineData("graph")]
    [InlineData("estimate")]
    [InlineData("crossvalidate")]
    [InlineData("sweep", "--over", "Epochs=1,2")]
    public async Task A_mistyped_one_is_refused_by_every_command_that_takes_a_definition(params string[] command)
    {
        var answer = await place.RunAsync([command[0], "six.json", .. command[1..], "-p", "train.LerningRate=0.5"]);

        Assert.Equal(ExitCode.Wrong, answer.Code);
        if (command[0] != "crossvalidate")
            Assert.Contains("stage train: FineTune.Train has no parameter LerningRate; did you mean LearningRate?", answer.Error, StringComparison.Ordinal);
        Assert.Empty(answer.Out);
        Assert.False(Directory.Exists(Path.Combine(place.Folder, "home")));
    }

    [Fact]
    public async Task A_stage_can_be_left_out_by_its_condition()
    {
        var answer = await place.RunAsync("run", "six.json", "-p", "register.Condition=false");

        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.Contains("5 executed, 1 skipped", answer.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sweep_tries_values_of_it()
    {
        var answer = await place.RunAsync("sweep", "six.json", "--over", "train.LearningRate=0.1,0.2", "--metric", "train/loss", "--minimize");

        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
        Assert.Contains("Trial 2 of 2: train.LearningRate=0.2", answer.Out, StringComparison.Ordinal);
        Assert.Equal(["0.1", "0.2"], History.Ids().Reverse().Skip(1).Take(2).Select(id => History.Read(id).Properties["train.LearningRate"]));
    }

    [Theory]
    [InlineData("--data", "--data is empty; name a file, folder, glob or web address, or leave it out for what the definition says")]
    [InlineData("--text-column", "--text-column is empty; name a column")]
    [InlineData("--label-column", "--label-column is empty; name a column")]
    public async Task An_empty_one_is_refused_rather_than_left_out(string option, string problem)
    {
        Reviews();

        var answer = await place.RunAsync("run", "reviews.json", "-t", "Fetch", option, "");

        Assert.Equal(ExitCode.Wrong, answer.Code);
        Assert.Contains(problem, answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_given_twice_is_refused()
    {
        Reviews();

        var answer = await place.RunAsync("run", "reviews.json", "-t", "Fetch", "--data", "reviews.csv", "-p", "fetch.source=others.csv");

        Assert.Equal(ExitCode.Wrong, answer.Code);
        Assert.Contains("--data and -p fetch.source are one parameter; give it once", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_column_names_those_there_are_and_the_line_to_type()
    {
        Reviews();

        var answer = await place.RunAsync("run", "reviews.json", "-t", "Fetch");

        Assert.Equal(ExitCode.Failed, answer.Code);
        Assert.Contains("reviews.csv:1: there is no column 'text'; the columns are: review, stars; set -p Fetch.TextColumn=...\n", answer.Error, StringComparison.Ordinal);
        answer = await place.RunAsync("run", "reviews.json", "-t", "Fetch", "-p", "Fetch.TextColumn=review");
        Assert.Contains("there is no column 'label'; the columns are: review, stars; set -p Fetch.LabelColumn=...\n", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_names_the_line_to_type()
    {
        var answer = await place.RunAsync("run", "six.json", "-p", "Data=none.txt");

        Assert.Contains($"parameter Path: there is no file or folder {Path.Combine(place.Folder, "none.txt")}; set -p fetch.Path=...\n", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_row_names_the_line_that_leaves_it_out()
    {
        Reviews();
        File.AppendAllText(Path.Combine(place.Folder, "reviews.csv"), "no label,\n");

        var answer = await place.RunAsync("run", "reviews.json", "-t", "Fetch", "--text-column", "review", "--label-column", "stars");

        Assert.Equal(ExitCode.Failed, answer.Code);
        Assert.EndsWith("set -p Fetch.OnBadRow=Skip\n", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_and_columns_have_shorthands()
    {
        Reviews();
        place.Write("mine.csv", "body,class\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"row {i},{i % 2}\n")));

        var answer = await place.RunAsync("run", "reviews.json", "-t", "Fetch", "--data", "mine.csv", "--text-column", "body", "--label-column", "class");

        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
        var properties = History.Read(History.Ids().First()).Properties;
        Assert.Equal(("mine.csv", "body", "class"), (properties["Fetch.Source"], properties["Fetch.TextColumn"], properties["Fetch.LabelColumn"]));
        // The definition's own test data are of another kind: they are left out, and that is said.
        Assert.Contains("note: --data mine.csv: TestSource 'held-out.csv' of Fetch belongs to the definition's own data and is left out; -p Fetch.TestSource=... gives another", answer.Out, StringComparison.Ordinal);
        Assert.Equal("", properties["Fetch.TestSource"]);
    }

    [Theory]
    [InlineData("-p", "TestData=mine.csv")]
    [InlineData("-p", "Fetch.TestSource=mine.csv")]
    public async Task Test_data_that_were_given_beside_the_data_stay(params string[] given)
    {
        Reviews();
        place.Write("mine.csv", "review,stars\na,1\n");

        var answer = await place.RunAsync(["validate", "reviews.json", "--data", "mine.csv", .. given]);

        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
        Assert.DoesNotContain("left out", answer.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_shorthands_want_one_stage_that_fetches_data()
    {
        var answer = await place.RunAsync("status", "six.json", "--data", "mine.csv");

        Assert.Equal(ExitCode.Wrong, answer.Code);
        Assert.Contains("no stage of ", answer.Error, StringComparison.Ordinal);
        Assert.Contains("such as -p Stage.Source=mine.csv", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_has_the_name_tags_and_description_it_was_given()
    {
        await place.RunAsync("run", "six.json", "--name", "June reviews", "--tag", "team=support", "--tag", "ticket=4=2", "--description", "With the new labels.");

        var run = History.Read(History.Ids().First());
        Assert.Equal("June reviews", run.Name);
        Assert.Equal(("support", "4=2", "With the new labels."), (run.Tags["team"], run.Tags["ticket"], run.Tags["mlflow.note.content"]));
        var shown = (await place.RunAsync("runs", "show", "latest")).Out;
        Assert.Contains("of June reviews: succeeded", shown, StringComparison.Ordinal);
        Assert.Contains("With the new labels.\n", shown, StringComparison.Ordinal);
        Assert.Matches("team +support\n", shown);
        Assert.Contains("June reviews", (await place.RunAsync("runs")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resumed_run_is_called_as_it_was_given_last()
    {
        await place.RunAsync("run", "six.json", "-p", "Data=none.txt", "--name", "first");
        await place.RunAsync("run", "six.json", "-p", "Data=none.txt", "--name", "second");

        var run = History.Read(Assert.Single(History.Ids()));
        Assert.Equal((2, "second"), (run.Attempts, run.Name));
    }

    [Fact]
    public async Task A_sweep_has_them_too()
    {
        await place.RunAsync("sweep", "six.json", "--over", "Epochs=1", "--metric", "train/loss", "--name", "rates", "--tag", "a=b");

        var run = History.Read(History.Ids().Last());
        Assert.Equal(("rates", "b"), (run.Name, run.Tags["a"]));
    }

    [Theory]
    [InlineData("team", "--tag wants Key=Value, such as --tag team=support, got 'team'")]
    [InlineData("mlflow.user=me", "--tag mlflow.user: tags that begin with mlflow. are MLflow's own; --name and --description set what they are for")]
    [InlineData("a\tb=c", "--tag a\\tb: a key has letters, digits, blanks and _ - . : / only")]
    public async Task A_tag_that_MLflow_would_refuse_is_refused_at_once(string tag, string message)
    {
        var answer = await place.RunAsync("run", "six.json", "--tag", tag);

        Assert.Equal(new(ExitCode.Wrong, "", $"error: {message}\n"), answer with { Error = answer.Error.Replace("\t", "\\t", StringComparison.Ordinal) });
    }

    // Columns that are not called as usual, and test data of the definition's own.
    private void Reviews()
    {
        place.Host = place.Host with { Catalog = () => FineTuneStages.Catalog, Services = home => new StageServices(home) };
        place.Write("reviews.csv", "review,stars\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"text {i},{i % 2}\n")));
        place.Write("held-out.csv", "review,stars\nheld,1\nout,0\n");
        place.Write("reviews.json", """
            {"definitionId":"reviews","name":"Reviews","variables":[{"id":"v1","name":"TestData","typeName":"String","value":"held-out.csv"}],
             "root":{"type":"Elsa.Sequence","activities":[
              {"id":"Fetch","type":"FineTune.FetchData","source":{"expression":{"type":"Literal","value":"reviews.csv"}},"testSource":{"expression":{"type":"Variable","value":{"id":"v1","name":"TestData"}}}},
              {"id":"Tokenize","type":"FineTune.Tokenize","vocabulary":{"expression":{"type":"Literal","value":"vocab.txt"}}}]}}
            """);
    }
}
