using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Tests.Fixture;

namespace FineTuneWorkflows.Cli.Tests.Hosting;

public sealed class CommandLineTests : IDisposable
{
    private readonly Workplace place = new();

    public void Dispose() => place.Dispose();

    [Theory]
    [InlineData("error: which command? There are run, status, sweep, crossvalidate, validate, estimate, graph, stages, runs, predict, merge, retry, keys, sync, export, clean")]
    [InlineData("error: there is no command rnu; did you mean run?", "rnu")]
    [InlineData("error: finetune has no option --jsn", "--jsn")]
    [InlineData("error: run has no option --jsn; did you mean --json?", "run", "six.json", "--jsn")]
    [InlineData("error: run has no option --jsn; did you mean --json?", "run", "--jsn", "six.json")]
    [InlineData("error: run does not know what to do with 'more'", "run", "six.json", "more")]
    [InlineData("error: which definition? Such as finetune run workflows/sentiment.json", "run")]
    [InlineData("error: which definition? Such as finetune validate workflows/sentiment.json", "validate")]
    [InlineData("error: --max-parallel wants a whole number from 1 to 256, got '0'", "run", "six.json", "-m", "0")]
    [InlineData("error: --max-parallel wants a whole number from 1 to 256, got 'many'", "run", "six.json", "-m", "many")]
    [InlineData("error: --verbosity must be quiet, minimal, normal, detailed or diagnostic, got 'loud'", "run", "six.json", "-v", "loud")]
    [InlineData("error: -p wants Name=Value, such as -p Epochs=5 or -p Fetch.TextColumn=review, got 'Epochs'", "run", "six.json", "-p", "Epochs")]
    [InlineData("error: -p wants Name=Value, such as -p Epochs=5 or -p Fetch.TextColumn=review, got '=5'", "run", "six.json", "-p", "=5")]
    [InlineData("error: sweep over what? Such as --over LearningRate=1e-5,3e-5", "sweep", "six.json")]
    [InlineData("error: --over wants Name=value,value, such as --over LearningRate=1e-5,3e-5, got 'Epochs'", "sweep", "six.json", "--over", "Epochs")]
    [InlineData("error: --over names Epochs twice; write all its values at once, such as --over Epochs=1,2", "sweep", "six.json", "--over", "Epochs=1", "--over", "Epochs=2")]
    [InlineData("error: Epochs is given to --over and to --repeat; trials are compared over the one and averaged over the other", "sweep", "six.json", "--over", "Epochs=1", "--repeat", "Epochs=2")]
    [InlineData("error: --older-than wants a whole number from 0 to 36500, got '-1'", "clean", "--older-than", "-1")]
    [InlineData("error: there is no stage Tokenise; did you mean Tokenize? (there are Fetch, Augment, Tokenize, Train, Evaluate, Register, Break, Wait)", "stages", "Tokenise")]
    public async Task What_is_wrong_with_a_command_line_is_said_in_one_line_and_exits_with_2(string message, params string[] args)
    {
        var answer = await place.RunAsync(args);

        Assert.Equal(ExitCode.Wrong, answer.Code);
        Assert.Equal(message, answer.Error.Split('\n')[0]);
        Assert.True(answer.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries) is [_] or [_, ['T', 'r', 'y', ' ', ..]], answer.Error);
        Assert.Empty(answer.Out);
        Assert.False(Directory.Exists(Path.Combine(place.Folder, "home", "runs")) && place.Home.Runs is var runs && Directory.EnumerateDirectories(runs).Any());
    }

    [Fact]
    public async Task Help_lists_every_command_and_the_options_of_one()
    {
        var all = await place.RunAsync("--help");
        var one = await place.RunAsync("run", "--help");

        Assert.Equal((ExitCode.Done, ExitCode.Done), (all.Code, one.Code));
        Assert.All((string[])["run", "status", "sweep", "validate", "graph", "stages", "runs", "predict", "retry", "clean"], name => Assert.Contains($"\n  {name} ", all.Out));
        Assert.All((string[])["--property", "--target", "--force", "-m", "--question", "--dry-run", "--json", "--home", "--verbosity"], name => Assert.Contains(name, one.Out));
    }

    [Fact]
    public async Task A_value_that_begins_like_a_response_file_is_taken_as_it_is()
    {
        var answer = await place.RunAsync("run", "six.json", "-p", "Data=@nothing");

        Assert.Equal(ExitCode.Failed, answer.Code);
        Assert.Contains("@nothing", answer.Error);
    }
}
