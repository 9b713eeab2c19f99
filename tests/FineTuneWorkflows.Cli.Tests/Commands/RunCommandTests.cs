using System.Text.Json;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Tests.Fixture;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Cli.Tests.Commands;

public sealed class RunCommandTests : IDisposable
{
    private readonly Workplace place = new();

    public void Dispose() => place.Dispose();

    [Fact]
    public async Task A_first_run_executes_everything_and_prints_what_is_approved()
    {
        var answer = await place.RunAsync("run", "six.json");

        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
        Approved.Matches("run-first.txt", answer.Out);
    }

    [Fact]
    public async Task A_second_run_executes_nothing_and_prints_what_is_approved()
    {
        await place.RunAsync("run", "six.json");

        var answer = await place.RunAsync("run", "six.json");

        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
        Approved.Matches("run-again.txt", answer.Out);
    }

    [Fact]
    public async Task A_changed_property_reruns_its_stage_and_those_below_and_says_why()
    {
        await place.RunAsync("run", "six.json");

        var answer = await place.RunAsync("run", "six.json", "-p", "Epochs=4", "-v", "minimal");

        Assert.Equal(ExitCode.Done, answer.Code);
        Approved.Matches("run-changed.txt", answer.Out);
    }

    [Fact]
    public async Task A_model_that_is_not_registered_is_named_by_its_folder_which_another_pipeline_starts_from()
    {
        var answer = await place.RunAsync("run", "six.json", "-t", "train");

        Assert.Equal(ExitCode.Done, answer.Code);
        var line = answer.Out.TrimEnd().Split('\n')[^1];
        Assert.StartsWith("Model   ", line, StringComparison.Ordinal);
        Assert.True(Directory.Exists(line["Model   ".Length..]), line);
    }

    [Fact]
    public async Task Json_is_one_object_and_nothing_else()
    {
        var answer = await place.RunAsync("run", "six.json", "--json");

        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
        using var json = JsonDocument.Parse(answer.Out);
        Assert.Equal("succeeded", json.RootElement.GetProperty("status").GetString());
        Assert.Equal(["fetch", "augment", "tokenize", "train", "evaluate", "register"], json.RootElement.GetProperty("stages").EnumerateArray().Select(s => s.GetProperty("id").GetString()!));
        Assert.All(json.RootElement.GetProperty("stages").EnumerateArray(), stage =>
        {
            Assert.Equal("executed", stage.GetProperty("outcome").GetString());
            Assert.Equal("not built before", stage.GetProperty("reason").GetString());
            Assert.StartsWith("FineTune.", stage.GetProperty("type").GetString(), StringComparison.Ordinal);
            Assert.True(stage.GetProperty("seconds").GetDouble() >= 0);
        });
        Assert.Equal(["2 rows read"], json.RootElement.GetProperty("stages")[0].GetProperty("notes").EnumerateArray().Select(n => n.GetString()));
        Assert.False(json.RootElement.GetProperty("stages")[1].TryGetProperty("notes", out _));
        Assert.Equal(0.8125, json.RootElement.GetProperty("metrics").GetProperty("test/accuracy").GetDouble());
        Assert.Equal(0.79, json.RootElement.GetProperty("metrics").GetProperty("baseline/accuracy").GetDouble());
    }

    [Fact]
    public async Task A_failed_stage_exits_with_1_says_why_and_skips_what_is_below()
    {
        place.Write("broken.json", Definitions.Flowchart(("break", "FineTune.Break", "{}"), ("fetch", "FineTune.Fetch", """{"path":"data.txt"}""")));

        var answer = await place.RunAsync("run", "broken.json", "-v", "minimal");

        Assert.Equal(ExitCode.Failed, answer.Code);
        Assert.Equal("error: stage break failed: data.csv, line 3: the label 'x' is not known\n", answer.Error);
        Approved.Matches("run-failed.txt", answer.Out);
    }

    [Fact]
    public async Task A_failed_run_still_prints_its_object()
    {
        place.Write("broken.json", Definitions.Flowchart(("break", "FineTune.Break", "{}")));

        var answer = await place.RunAsync("run", "broken.json", "--json");

        Assert.Equal(ExitCode.Failed, answer.Code);
        Assert.StartsWith("error: stage break failed: ", answer.Error, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(answer.Out);
        Assert.Equal("failed", json.RootElement.GetProperty("status").GetString());
        Assert.Equal("failed", json.RootElement.GetProperty("stages")[0].GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task A_defect_is_named_by_its_type_and_its_stack_is_shown_to_those_who_ask()
    {
        place.Write("broken.json", Definitions.Flowchart(("break", "FineTune.Break", """{"mine":true}""")));

        var plain = await place.RunAsync("run", "broken.json");

        Assert.Equal("error: stage break failed: InvalidOperationException: a defect\n", plain.Error);
        var diagnostic = await ChildProcess.RunAsync(ChildProcess.TestFinetune, place.Folder, ["run", "broken.json", "-v", "diagnostic"]);
        Assert.Equal(ExitCode.Failed, diagnostic.Code);
        Assert.Contains("   at FineTuneWorkflows.Cli.Tests.Fixture.TestStages.Break.RunAsync", diagnostic.Error);
    }

    [Fact]
    public async Task A_missing_data_file_fails_its_stage_and_names_parameter_and_path()
    {
        var answer = await place.RunAsync("run", "six.json", "-p", "Data=none.txt");

        Assert.Equal(ExitCode.Failed, answer.Code);
        Assert.Equal($"error: stage fetch failed: parameter Path: there is no file or folder {Path.Combine(place.Folder, "none.txt")}; set -p fetch.Path=...\n", answer.Error);
    }

    [Fact]
    public async Task A_relative_path_counts_from_the_definition_or_where_it_was_typed_from_the_current_folder()
    {
        Directory.CreateDirectory(Path.Combine(place.Folder, "workflows"));
        place.Write("workflows/six.json", Definitions.Six);
        place.Write("workflows/data.txt", "beside the definition\n");
        place.Write("typed.txt", "where the user is\n");

        Assert.Equal(ExitCode.Done, (await place.RunAsync("run", "workflows/six.json", "-t", "fetch")).Code);
        Assert.Equal(ExitCode.Done, (await place.RunAsync("run", "workflows/six.json", "-t", "fetch", "-p", "Data=typed.txt")).Code);
        var contents = Directory.EnumerateFiles(place.Home.Objects, "content.txt", SearchOption.AllDirectories).Select(File.ReadAllText).Order(StringComparer.Ordinal);
        Assert.Equal(["beside the definition\n", "where the user is\n"], contents);
    }

    [Fact]
    public async Task Of_a_property_the_first_equals_sign_splits_and_the_last_value_counts()
    {
        place.Write("a=b.txt", "equals\n");

        var answer = await place.RunAsync("run", "six.json", "-p", "Epochs=7", "-p", "data=a=b.txt", "-p", "Epochs=5");

        Assert.Equal(ExitCode.Done, answer.Code);
        var run = new RunHistory(place.Home).Read(new RunHistory(place.Home).Resolve(RunHistory.Latest));
        Assert.Equal(("a=b.txt", "5"), (run.Properties["Data"], run.Properties["Epochs"]));
    }

    [Fact]
    public async Task A_target_cuts_the_pipeline_down_to_what_it_needs()
    {
        var answer = await place.RunAsync("run", "six.json", "-t", "Tokenize", "--json");

        using var json = JsonDocument.Parse(answer.Out);
        Assert.Equal(["fetch", "augment", "tokenize"], json.RootElement.GetProperty("stages").EnumerateArray().Select(s => s.GetProperty("id").GetString()!));
    }

    [Theory]
    [InlineData(6, "--force", "six.json")]
    [InlineData(6, "six.json", "--force")]
    [InlineData(1, "six.json", "--force", "tokenize")]
    [InlineData(2, "six.json", "--force", "tokenize", "--force", "fetch")]
    [InlineData(6, "--force", "six.json", "-p", "Epochs=3")]
    public async Task Force_executes_one_stage_or_all_wherever_it_stands(int executed, params string[] args)
    {
        await place.RunAsync("run", "six.json");

        var answer = await place.RunAsync(["run", .. args, "--json"]);

        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
        using var json = JsonDocument.Parse(answer.Out);
        Assert.Equal(executed, json.RootElement.GetProperty("stages").EnumerateArray().Count(s => s.GetProperty("outcome").GetString() == "executed"));
    }

    [Fact]
    public async Task Quiet_says_nothing_where_nothing_is_wrong()
    {
        var answer = await place.RunAsync("run", "six.json", "-v", "q");

        Assert.Equal(new(ExitCode.Done, "", ""), answer);
    }

    [Fact]
    public async Task At_a_terminal_the_stages_are_shown_live_and_then_as_a_table()
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter();

        var code = await place.App(output, error, terminal: true).RunAsync(place.WithHome("run", "six.json"));

        Assert.Equal((ExitCode.Done, ""), (code, error.ToString()));
        Assert.Contains("\e[", output.ToString());
        Assert.Contains("fetch: 2 rows read", output.ToString());
        Assert.Contains("Stage     Outcome    Time  Reason", output.ToString());
        Assert.DoesNotContain("[1/6]", output.ToString());
    }

    [Fact]
    public async Task Two_runs_at_once_in_one_home_both_succeed_and_no_stage_is_executed_twice()
    {
        var both = await Task.WhenAll(Task.Run(() => place.RunAsync("run", "six.json", "--json")), Task.Run(() => place.RunAsync("run", "six.json", "--json")));

        Assert.All(both, answer => Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error)));
        var outcomes = both.SelectMany(answer =>
        {
            using var json = JsonDocument.Parse(answer.Out);
            return json.RootElement.GetProperty("stages").EnumerateArray().Select(s => s.GetProperty("outcome").GetString()).ToList();
        }).ToList();
        Assert.Equal(6, outcomes.Count(o => o == "executed"));
        Assert.Equal(6, outcomes.Count(o => o == "up-to-date"));
    }

    [Fact]
    public async Task Observers_of_the_host_are_told_and_disposed_of()
    {
        var observer = new Recorder();
        place.Host = place.Host with { Observers = _ => [observer] };

        await place.RunAsync("run", "six.json", "-v", "quiet");

        Assert.IsType<RunStarted>(observer.Events[0]);
        Assert.IsType<RunFinished>(observer.Events[^1]);
        Assert.True(observer.IsDisposed);
    }

    private sealed class Recorder : IRunObserver, IDisposable
    {
        public List<RunEvent> Events { get; } = [];

        public bool IsDisposed { get; private set; }

        public void OnEvent(RunEvent runEvent) => Events.Add(runEvent);

        public void Dispose() => IsDisposed = true;
    }
}
