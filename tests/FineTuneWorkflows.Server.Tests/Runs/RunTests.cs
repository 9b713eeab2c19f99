using System.Text.Json.Nodes;
using FineTuneWorkflows.Server.Tests.Support;

namespace FineTuneWorkflows.Server.Tests.Runs;

public class RunTests(SharedServer shared)
{
    private ServerClient Client => shared.Client;

    [Fact]
    public async Task A_posted_definition_runs_to_its_end_and_its_journal_tells_what_each_stage_made()
    {
        await Client.PublishAsync(TestDefinitions.Chain("runs", new { text = "abc" }, new { steps = 3, words = new[] { "a", "b" } }));

        var instance = await Client.DispatchAsync("runs");
        var status = await Client.UntilFinishedAsync(instance);
        var journal = await Client.JournalAsync(instance);
        var executions = (await Client.GetAsync($"/elsa/api/activity-executions/list?workflowInstanceId={instance}"))["items"]!.AsArray();

        Assert.Equal("Make:executed Work:executed Count:executed", status.Outcomes());
        Assert.Equal(3, status.Stage("Count")["metrics"]!["letters"]!.GetValue<double>());
        var executed = journal.Where(e => e.Event == "Stage executed").ToList();
        Assert.Equal(3, executed.Count);
        Assert.Contains(executed, e => e.Entry["payload"]!["metric letters"]?.GetValue<double>() == 3 && e.Entry["payload"]!["artifact count"]!.GetValue<string>().Length == 64);
        Assert.Contains(journal, e => e.Event == "Stage started");
        Assert.All(executions, e => Assert.Equal("Completed", e!["status"]!.GetValue<string>()));
        Assert.Equal(3, executions.Count(e => e!["activityType"]!.GetValue<string>().StartsWith("Test.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_definition_that_ran_is_kept_with_the_run_as_the_designer_exports_it()
    {
        var definition = TestDefinitions.Chain("kept", new { text = "kept" }, new { steps = 40, stepMilliseconds = 50 });
        definition["customProperties"] = new JsonObject { ["origin"] = "https://ann:planted@example.org/" };
        await Client.PublishAsync(definition);
        var instance = await Client.DispatchAsync("kept");
        await Client.UntilFinishedAsync(instance);

        var run = Directory.EnumerateDirectories(Path.Combine(shared.Folder.Home, "runs"))
            .Single(r => File.ReadLines(Path.Combine(r, "journal.jsonl")).First().Contains("\"pipeline\":\"kept\"", StringComparison.Ordinal));
        var kept = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(run, "definition.json"), TestContext.Current.CancellationToken))!;
        Assert.Equal("kept", kept["definitionId"]!.GetValue<string>());
        Assert.Equal(3, kept["root"]!["activities"]!.AsArray().Count);
        Assert.DoesNotContain("planted", kept.ToJsonString(), StringComparison.Ordinal);
        var journal = await File.ReadAllTextAsync(Path.Combine(run, "journal.jsonl"), TestContext.Current.CancellationToken);
        Assert.Contains("\"event\":\"run-file\"", journal, StringComparison.Ordinal);
        Assert.Contains("system/cpu_utilization_percentage", journal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_run_finds_everything_up_to_date_and_a_changed_variable_reruns_what_depends_on_it()
    {
        await Client.PublishAsync(TestDefinitions.Chain("again", new { text = "again" }, new { rate = "$Rate" }, ("Rate", "Double", 0.25)));
        await Client.UntilFinishedAsync(await Client.DispatchAsync("again"));

        var second = await Client.UntilFinishedAsync(await Client.DispatchAsync("again"));
        var changed = TestDefinitions.Chain("again", new { text = "again" }, new { rate = "$Rate" }, ("Rate", "Double", 0.75));
        await Client.PublishAsync(changed);
        var third = await Client.UntilFinishedAsync(await Client.DispatchAsync("again"));

        Assert.Equal("Make:up-to-date Work:up-to-date Count:up-to-date", second.Outcomes());
        Assert.Equal("Make:up-to-date Work:executed Count:up-to-date", third.Outcomes());
        Assert.Equal("Rate changed 0.25 -> 0.75", third.Stage("Work")["reason"]!.GetValue<string>());
    }

    [Fact]
    public async Task Branches_run_side_by_side_and_a_stage_below_both_waits_for_both()
    {
        await Client.PublishAsync(TestDefinitions.Flowchart(
            "branches",
            [("Make", "Test.Make", new { text = "branches" }), ("Work", "Test.Work", new { steps = 4, stepMilliseconds = 50 }), ("Count", "Test.Count", new { }), ("Last", "Test.Work", new { steps = 2 })],
            ["Make>Work", "Make>Count", "Work>Last", "Count>Last"]));

        var status = await Client.UntilFinishedAsync(await Client.DispatchAsync("branches"));

        Assert.Equal(4, status["stages"]!.AsArray().Count);
        Assert.Equal("Last", status["stages"]!.AsArray()[3]!["id"]!.GetValue<string>());
        Assert.All(status["stages"]!.AsArray(), s => Assert.Equal("executed", s!["outcome"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_stage_whose_condition_is_false_is_passed_by()
    {
        await Client.PublishAsync(TestDefinitions.Chain("conditional", new { text = "small" }, new { condition = "js:1 > 2" }));

        var instance = await Client.DispatchAsync("conditional");
        var status = await Client.UntilFinishedAsync(instance);

        Assert.Equal("Make:executed Count:executed", status.Outcomes());
        Assert.Contains(await Client.JournalAsync(instance), e => e is { Event: "Stage skipped", Message: "its condition is false" });
    }

    [Fact]
    public async Task A_cron_schedule_starts_instances_until_the_definition_is_taken_back()
    {
        await Client.PublishAsync(TestDefinitions.Flowchart(
            "scheduled",
            [("Clock", "Elsa.Cron", new { cronExpression = "* * * * * *", customProperties = new { canStartWorkflow = true } }), ("Make", "Test.Make", new { text = "scheduled" })],
            ["Clock>Make"]));

        await UntilAsync(async () => await InstancesAsync("scheduled", "&status=Finished") >= 2);
        await Client.PostAsync("/elsa/api/workflow-definitions/scheduled/retract", new { });
        // One that was about to start may still do so.
        var after = 0;
        await UntilAsync(async () =>
        {
            var before = after;
            await Task.Delay(2500);
            return (after = await InstancesAsync("scheduled")) == before;
        });

        Assert.True(after >= 2);
    }

    [Theory]
    [InlineData("abc", "Steps: wants a whole number, got 'abc'")]
    [InlineData("0", "Steps: must lie in 1..1000, got 0")]
    public async Task A_wrong_parameter_becomes_an_incident_that_names_it(string value, string message)
    {
        await Client.PublishAsync(TestDefinitions.Chain($"wrong-{value}", new { text = "x" }, new { steps = value }));

        var status = await Client.UntilIncidentAsync(await Client.DispatchAsync($"wrong-{value}"));

        Assert.Contains(message, status["incidents"]![0]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("Suspended", status["subStatus"]!.GetValue<string>());
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await condition())
            await Task.Delay(100, limit.Token);
    }

    private async Task<int> InstancesAsync(string definitionId, string more = "") =>
        (await Client.GetAsync($"/elsa/api/workflow-instances?definitionId={definitionId}&page=0&pageSize=1{more}"))["totalCount"]!.GetValue<int>();
}
