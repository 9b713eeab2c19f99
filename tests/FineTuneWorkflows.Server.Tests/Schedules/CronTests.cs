using System.Net.Http.Json;
using System.Text.Json.Nodes;
using FineTuneWorkflows.Server.Tests.Support;

namespace FineTuneWorkflows.Server.Tests.Schedules;

public class CronTests(CronServer server) : IClassFixture<CronServer>
{
    private ServerClient Client => server.Server.Client;

    [Fact]
    public async Task A_trigger_that_is_due_while_its_last_instance_is_at_work_starts_nothing()
    {
        await Client.PublishAsync(Often("skipping", "Skip"));
        var first = await FirstInstanceAsync("skipping");
        await UntilToldAsync($"Definition skipping: the trigger Often is due while instance {first} that it started is at work; it starts nothing");

        Assert.Equal([first], await InstancesAsync("skipping"));
        await StopAsync("skipping");
    }

    [Fact]
    public async Task A_queued_start_comes_when_the_last_instance_is_done_once_however_often_it_was_due()
    {
        await Client.PublishAsync(Often("queueing", "Queue"));
        var first = await FirstInstanceAsync("queueing");
        await UntilToldAsync($"Definition queueing: the trigger Often is due while instance {first} that it started is at work; it starts when that is done");
        Assert.Equal([first], await InstancesAsync("queueing"));

        // Nothing is due any more, but one start waits.
        await StopAsync("queueing", cancels: false);
        await Client.PublishAsync(Often("queueing", "Queue", "0 0 0 1 1 *"));
        await Client.PostAsync($"/api/runs/{first}/cancel", new { });
        await UntilCountAsync("queueing", 2);

        Assert.Equal(2, (await InstancesAsync("queueing")).Count);
        await StopAsync("queueing");
    }

    [Fact]
    public async Task A_trigger_may_be_allowed_to_overlap_itself()
    {
        await Client.PublishAsync(Often("overlapping", "Allow"));

        await UntilCountAsync("overlapping", 2);

        await StopAsync("overlapping");
    }

    [Fact]
    public async Task An_instance_that_failed_and_waits_does_not_hold_the_schedule_up()
    {
        await Client.PublishAsync(Often("failing", "Skip", work: new { needs = "/nowhere/at/all" }));

        await UntilCountAsync("failing", 2);

        await StopAsync("failing");
    }

    [Fact]
    public async Task Time_zone_and_overlap_are_fields_of_the_trigger_and_kept_in_its_definition()
    {
        var cron = (await Client.GetAsync("/elsa/api/descriptors/activities"))["items"]!.AsArray().Single(a => a!["typeName"]!.GetValue<string>() == "Elsa.Cron")!;
        var fields = cron["inputs"]!.AsArray().ToDictionary(i => i!["name"]!.GetValue<string>(), i => i!["uiHint"]!.GetValue<string>());
        await Client.PublishAsync(Often("zoned", "Queue", "0 30 2 * * *", zone: "Europe/Berlin"));
        var exported = (await Client.GetAsync("/elsa/api/workflow-definitions/by-definition-id/zoned"))["root"]!["activities"]!.AsArray().Single(a => a!["id"]!.GetValue<string>() == "Often")!;

        Assert.Equal(("singleline", "dropdown"), (fields["TimeZone"], fields["Overlap"]));
        Assert.Equal("Europe/Berlin", exported["timeZone"]!["expression"]!["value"]!.GetValue<string>());
        Assert.Equal("Queue", exported["overlap"]!["expression"]!["value"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("Europe/Berln", "Skip", "Often: TimeZone 'Europe/Berln' is no time zone; did you mean Europe/Berlin?")]
    [InlineData("", "Sometimes", "Often: Overlap must be one of Skip, Queue, Allow, got 'Sometimes'")]
    public async Task A_time_zone_or_overlap_that_does_not_exist_is_refused(string zone, string overlap, string problem)
    {
        using var response = await Client.Http.PostAsJsonAsync("/elsa/api/workflow-definitions", new { publish = true, model = Often("wrong", overlap, zone: zone) });

        Assert.False(response.IsSuccessStatusCode);
        Assert.Contains(problem, JsonNode.Parse(await response.Content.ReadAsStringAsync())!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }), StringComparison.Ordinal);
    }

    // Works for minutes, unless told otherwise.
    private static JsonObject Often(string id, string overlap, string cron = "* * * * * *", object? work = null, string zone = "") => TestDefinitions.Flowchart(
        id,
        [
            ("Often", "Elsa.Cron", new { cronExpression = cron, timeZone = zone, overlap, customProperties = new { canStartWorkflow = true } }),
            ("Make", "Test.Make", new { text = id }),
            ("Work", "Test.Work", work ?? new { steps = 100, stepMilliseconds = 3000 }),
        ],
        ["Often>Make", "Make>Work"]);

    private async Task<List<string>> InstancesAsync(string id) =>
        [.. (await Client.GetAsync($"/elsa/api/workflow-instances?definitionId={id}&page=0&pageSize=100"))["items"]!.AsArray().Select(i => i!["id"]!.GetValue<string>())];

    private async Task UntilCountAsync(string id, int count)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while ((await InstancesAsync(id)).Count < count)
            await Task.Delay(100, limit.Token);
    }

    private async Task<string> FirstInstanceAsync(string id)
    {
        await UntilCountAsync(id, 1);
        return (await InstancesAsync(id)).Single();
    }

    private async Task UntilToldAsync(string text)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while (!server.Server.Output.Contains(text, StringComparison.Ordinal))
            await Task.Delay(100, limit.Token);
    }

    private async Task StopAsync(string id, bool cancels = true)
    {
        await Client.PostAsync($"/elsa/api/workflow-definitions/{id}/retract", new { });
        if (cancels)
            foreach (var instance in await InstancesAsync(id))
                (await Client.Http.PostAsync($"/api/runs/{instance}/cancel", null)).Dispose();
    }
}
