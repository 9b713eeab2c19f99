using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Tests.Fixture;
using FineTuneWorkflows.Foundation.Locks;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Cli.Tests.Commands;

public sealed class RunsTests : IDisposable
{
    private readonly Workplace place = new();

    private RunHistory History => new(place.Home);

    public void Dispose() => place.Dispose();

    [Fact]
    public async Task Without_runs_it_says_so()
    {
        var answer = await place.RunAsync("runs");

        Assert.Equal(new(ExitCode.Done, $"No runs in {Path.Combine(place.Folder, "home")}\n", ""), answer);
    }

    [Fact]
    public async Task Runs_are_listed_newest_first_even_within_one_second()
    {
        string[] given = ["Epochs=1", "Epochs=2", "Epochs=3", "Epochs=4"];
        foreach (var property in given)
            await place.RunAsync("run", "six.json", "-p", property);

        Assert.Equal(["4", "3", "2", "1"], History.All().Select(run => History.Read(run.RunId).Properties["Epochs"]));
        var answer = await place.RunAsync("runs", "--limit", "2");
        Assert.Equal(3, answer.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("succeeded", answer.Out);
        Assert.Contains("0.813", answer.Out);
    }

    [Fact]
    public async Task Json_has_the_list_one_run_and_two_beside_each_other()
    {
        await place.RunAsync("run", "six.json", "--tag", "a=b");
        await place.RunAsync("run", "six.json", "-p", "Epochs=5");
        var (old, newest) = (History.Ids().Last(), History.Ids().First());

        using var list = System.Text.Json.JsonDocument.Parse((await place.RunAsync("runs", "--json")).Out);
        Assert.Equal([newest, old], list.RootElement.EnumerateArray().Select(r => r.GetProperty("runId").GetString()));
        Assert.Equal(("succeeded", 0.8125), (list.RootElement[0].GetProperty("state").GetString(), list.RootElement[0].GetProperty("metrics").GetProperty("test/accuracy").GetDouble()));
        using var show = System.Text.Json.JsonDocument.Parse((await place.RunAsync("runs", "show", old, "--json")).Out);
        Assert.Equal("b", show.RootElement.GetProperty("tags").GetProperty("a").GetString());
        Assert.Equal("fetch: 2 rows read", show.RootElement.GetProperty("notes")[0].GetString());
        Assert.Equal("3", show.RootElement.GetProperty("stages")[3].GetProperty("parameters").GetProperty("Epochs").GetString());
        using var compare = System.Text.Json.JsonDocument.Parse((await place.RunAsync("runs", "compare", old, newest, "--json")).Out);
        Assert.Contains("property Epochs 3 5", compare.RootElement.GetProperty("parameters").EnumerateArray().Select(p => $"{p.GetProperty("name").GetString()} {p.GetProperty("a").GetString()} {p.GetProperty("b").GetString()}"));
    }

    [Fact]
    public async Task Json_of_no_runs_is_an_empty_list() => Assert.Equal(new(ExitCode.Done, "[]\n", ""), await place.RunAsync("runs", "--json"));

    [Fact]
    public async Task Show_prints_what_is_approved()
    {
        await place.RunAsync("run", "six.json", "-p", "Epochs=2");

        var answer = await place.RunAsync("runs", "show", "latest");

        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
        var lines = answer.Out.Split('\n').Where(line => !line.StartsWith("started ", StringComparison.Ordinal));
        Approved.Matches("runs-show.txt", string.Join('\n', lines).Replace(place.Folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Compare_shows_differing_parameters_and_metrics_side_by_side()
    {
        await place.RunAsync("run", "six.json");
        await place.RunAsync("run", "six.json", "-p", "Epochs=5");
        var (a, b) = (History.Ids().Last(), History.Ids().First());

        var answer = await place.RunAsync("runs", "compare", a, b);

        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
        Approved.Matches("runs-compare.txt", answer.Out);
    }

    [Fact]
    public async Task An_unknown_run_is_refused()
    {
        await place.RunAsync("run", "six.json");

        var answer = await place.RunAsync("runs", "show", "2001");

        Assert.Equal(ExitCode.Wrong, answer.Code);
        Assert.Equal($"error: there is no run 2001 in {place.Home.Root}; the newest is {History.Ids().First()}\n", answer.Error);
    }

    [Fact]
    public async Task A_run_is_found_by_a_part_that_only_it_has()
    {
        await place.RunAsync("run", "six.json");
        var id = History.Ids().Single();

        Assert.Equal(id, History.Resolve(id[..10]));
        Assert.Equal(id, History.Resolve(id[^4..]));
    }

    [Fact]
    public async Task A_run_that_was_killed_is_interrupted_and_one_that_goes_on_is_running()
    {
        await place.RunAsync("run", "six.json");
        var id = History.Ids().Single();
        var journal = RunJournal.PathOf(place.Home, id);
        // What a kill leaves behind: no last event, and half a line.
        var lines = await File.ReadAllLinesAsync(journal, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(journal, string.Join('\n', lines[..^4]) + "\n{\"event\":\"met", TestContext.Current.CancellationToken);

        Assert.Equal(RunState.Interrupted, History.All().Single().State);
        Assert.Equal(RunState.Interrupted, History.Read(id).State);
        using (FileLock.TryAcquire(Path.Combine(place.Home.Locks, $"run-{id}.lock")))
            Assert.Equal(RunState.Running, History.All().Single().State);
        Assert.Contains("interrupted", (await place.RunAsync("runs")).Out);
    }

    [Fact]
    public async Task A_run_that_was_resumed_keeps_what_it_executed_before()
    {
        place.Write("late.json", Definitions.Flowchart(("fetch", "FineTune.Fetch", """{"path":"data.txt"}"""), ("break", "FineTune.Break", "{}")));
        await place.RunAsync("run", "late.json");
        await place.RunAsync("run", "late.json");

        var run = History.Read(History.Ids().Single());

        Assert.Equal((RunState.Failed, 2), (run.State, run.Attempts));
        Assert.Equal(["fetch: Executed", "break: Failed"], run.Stages.Select(s => $"{s.Id}: {s.Outcome}"));
    }

    [Fact]
    public async Task A_damaged_journal_is_listed_as_such_and_named_when_shown()
    {
        await place.RunAsync("run", "six.json");
        var id = History.Ids().Single();
        await File.AppendAllTextAsync(RunJournal.PathOf(place.Home, id), "not an event\n", TestContext.Current.CancellationToken);

        var listed = await place.RunAsync("runs");
        var shown = await place.RunAsync("runs", "show", id);

        Assert.Equal(ExitCode.Done, listed.Code);
        Assert.Contains("damaged", listed.Out);
        Assert.Equal(ExitCode.Wrong, shown.Code);
        Assert.StartsWith($"error: {RunJournal.PathOf(place.Home, id)} is damaged at byte ", shown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clean_keeps_what_recent_runs_and_pins_use()
    {
        await place.RunAsync("run", "six.json");
        await place.RunAsync("run", "six.json", "-p", "Epochs=9");
        var model = History.Read(History.Ids().Last()).Stages.Single(s => s.Id == "train").Artifacts["model"];

        Assert.Equal("Would remove 1 artifact, 2 records and 0 work folders: 13 bytes.\n", (await place.RunAsync("clean", "--keep-runs", "1", "--dry-run")).Out);
        place.Host = place.Host with { Pinned = _ => new HashSet<string>([model], StringComparer.Ordinal) };
        Assert.StartsWith("Removed ", (await place.RunAsync("clean", "--keep-runs", "1")).Out, StringComparison.Ordinal);

        Assert.True(Directory.Exists(Path.Combine(place.Home.Objects, model[..2], model)));
        Assert.Equal(ExitCode.Done, (await place.RunAsync("run", "six.json", "-p", "Epochs=9", "--question")).Code);
    }

    [Fact]
    public async Task Clean_waits_for_nobody_while_a_run_goes_on()
    {
        using var entry = await place.Home.EnterAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        var answer = await place.RunAsync("clean");

        Assert.Equal(new(ExitCode.Wrong, "", $"error: a run is going on in {place.Home.Root}; clean when it is done\n"), answer);
    }
}
