using System.Text.Json;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Tests.Fixture;

namespace FineTuneWorkflows.Cli.Tests.Commands;

public sealed class PlanTests : IDisposable
{
    private readonly Workplace place = new();

    public void Dispose() => place.Dispose();

    [Fact]
    public async Task A_question_exits_with_3_until_everything_is_up_to_date()
    {
        Assert.Equal(ExitCode.OutOfDate, (await place.RunAsync("run", "six.json", "--question")).Code);
        Assert.Empty(Directory.GetDirectories(place.Home.Runs));
        await place.RunAsync("run", "six.json");
        Assert.Equal(ExitCode.Done, (await place.RunAsync("run", "six.json", "--question")).Code);
        Assert.Equal(ExitCode.OutOfDate, (await place.RunAsync("run", "six.json", "--question", "-p", "Epochs=9")).Code);
        Assert.Equal(ExitCode.OutOfDate, (await place.RunAsync("run", "six.json", "--question", "-p", "Data=none.txt")).Code);
    }

    [Fact]
    public async Task A_dry_run_says_what_would_run_and_runs_nothing()
    {
        await place.RunAsync("run", "six.json");
        var before = Directory.GetDirectories(place.Home.Runs).Length;

        var answer = await place.RunAsync("run", "six.json", "-p", "MaxLength=128", "--dry-run");

        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
        Approved.Matches("dry-run.txt", answer.Out);
        Assert.Equal(before, Directory.GetDirectories(place.Home.Runs).Length);
    }

    [Fact]
    public async Task Status_says_the_same_as_a_dry_run()
    {
        await place.RunAsync("run", "six.json");

        Assert.Equal(await place.RunAsync("run", "six.json", "-p", "MaxLength=128", "--dry-run"), await place.RunAsync("status", "six.json", "-p", "MaxLength=128"));
    }

    [Fact]
    public async Task Status_as_json_is_one_object()
    {
        await place.RunAsync("run", "six.json");

        var answer = await place.RunAsync("status", "six.json", "-p", "Epochs=9", "--json");

        using var json = JsonDocument.Parse(answer.Out);
        Assert.False(json.RootElement.GetProperty("upToDate").GetBoolean());
        Assert.Equal(
            ["fetch reuse", "augment reuse", "tokenize reuse", "train execute", "evaluate depends", "register depends"],
            json.RootElement.GetProperty("stages").EnumerateArray().Select(s => $"{s.GetProperty("id").GetString()} {s.GetProperty("action").GetString()}"));
    }

    [Fact]
    public async Task Validate_says_that_nothing_is_wrong_and_makes_no_home()
    {
        var answer = await place.RunAsync("validate", "six.json", "-p", "Epochs=4");

        Assert.Equal(new(ExitCode.Done, $"{Path.Combine(place.Folder, "six.json")}: Test pipeline, 6 stages, nothing wrong\n", ""), answer);
        Assert.False(Directory.Exists(Path.Combine(place.Folder, "home")));
    }

    [Fact]
    public async Task Graph_is_a_mermaid_flowchart_with_the_artifacts_on_its_arrows()
    {
        var answer = await place.RunAsync("graph", "six.json");

        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
        Approved.Matches("graph.txt", answer.Out);
    }

    [Fact]
    public async Task Names_in_a_graph_cannot_break_out_of_their_labels()
    {
        place.Write("odd.json", Definitions.Flowchart(("a", "FineTune.Fetch", """{"path":"data.txt"}""")).Replace("\"name\":\"a\"", "\"name\":\"x\\\"]<b>#\"", StringComparison.Ordinal));

        var answer = await place.RunAsync("graph", "odd.json");

        Assert.Equal("flowchart LR\n  s1[\"x#quot;]#lt;b#gt;#35;<br/>FineTune.Fetch\"]\n", answer.Out);
    }

    [Fact]
    public async Task Stages_lists_all()
    {
        var answer = await place.RunAsync("stages");

        Approved.Matches("stages.txt", answer.Out);
    }

    [Theory]
    [InlineData("fetch")]
    [InlineData("FineTune.Fetch")]
    public async Task Stages_shows_one_with_parameters_types_defaults_and_ranges(string name)
    {
        var answer = await place.RunAsync("stages", name);

        Approved.Matches("stages-fetch.txt", answer.Out);
    }
}
