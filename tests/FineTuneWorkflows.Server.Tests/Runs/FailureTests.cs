using System.Net;
using System.Net.Http.Json;
using FineTuneWorkflows.Server.Tests.Support;

namespace FineTuneWorkflows.Server.Tests.Runs;

public class FailureTests(SharedServer shared)
{
    private ServerClient Client => shared.Client;

    [Fact]
    public async Task A_failed_stage_is_an_incident_with_the_stages_message_and_a_retry_after_the_cure_finishes_without_repeating_what_was_done()
    {
        var needed = Path.Combine(shared.Folder.Path, "needed.txt");
        await Client.PublishAsync(TestDefinitions.Chain("fails", new { text = "fails" }, new { needs = needed, rate = 0.11 }));
        var instance = await Client.DispatchAsync("fails");

        var failed = await Client.UntilIncidentAsync(instance);
        using var early = await Client.Http.PostAsJsonAsync($"/api/runs/{instance}/retry", new { });
        var again = await Client.UntilAsync(instance, s => s["stages"]!.AsArray().Count == 3 && s["stages"]![2]!["status"]!.GetValue<string>() == "delivered");
        await File.WriteAllTextAsync(needed, "here");
        await Client.PostAsync($"/api/runs/{instance}/retry", new { });
        var finished = await Client.UntilFinishedAsync(instance, despiteIncidents: true);
        using var late = await Client.Http.PostAsJsonAsync($"/api/runs/{instance}/retry", new { });

        Assert.Equal($"Work failed: parameter Needs: the file {needed} is not there; set -p Work.Needs=...", failed["incidents"]![0]!["message"]!.GetValue<string>());
        Assert.Equal("Running", failed["status"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.Accepted, early.StatusCode);
        Assert.Equal("failed", again.Stage("Work")["outcome"]!.GetValue<string>());
        Assert.Equal("Make:executed Work:failed Work:failed Work:executed Count:executed", finished.Outcomes());
        Assert.Empty(finished["incidents"]!.AsArray());
        Assert.Equal("Finished", finished["subStatus"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
    }

    [Fact]
    public async Task Two_retries_at_once_start_one_job()
    {
        var needed = Path.Combine(shared.Folder.Path, "needed-twice.txt");
        await Client.PublishAsync(TestDefinitions.Chain("fails-twice", new { text = "fails twice" }, new { needs = needed, stepMilliseconds = 300, rate = 0.12 }));
        var instance = await Client.DispatchAsync("fails-twice");
        await Client.UntilIncidentAsync(instance);
        await File.WriteAllTextAsync(needed, "here");

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Client.Http.PostAsJsonAsync($"/api/runs/{instance}/retry", new { })));
        var finished = await Client.UntilFinishedAsync(instance, despiteIncidents: true);

        Assert.Equal("Make:executed Work:failed Work:executed Count:executed", finished.Outcomes());
    }

    [Fact]
    public async Task A_stage_that_may_fail_lets_the_run_go_on_without_what_needs_it()
    {
        await Client.PublishAsync(TestDefinitions.Chain("tolerant", new { text = "tolerant" }, new { needs = "/no/such/file", continueOnError = true, rate = 0.13 }));

        var instance = await Client.DispatchAsync("tolerant");
        var finished = await Client.UntilFinishedAsync(instance);

        Assert.Equal("Make:executed Work:failed", finished.Outcomes());
        Assert.Contains(await Client.JournalAsync(instance), e => e is { Event: "Stage skipped", Message: "`dataset` was not made, because Work failed" });
    }

    [Fact]
    public async Task Cancelling_stops_the_stage_at_its_next_step_and_keeps_the_checkpoint_for_the_next_run()
    {
        await Client.PublishAsync(TestDefinitions.Chain("cancelled", new { text = "cancelled" }, new { steps = 200, stepMilliseconds = 20, rate = 0.14 }));
        var instance = await Client.DispatchAsync("cancelled");
        await Client.UntilAsync(instance, s => s["stages"]!.AsArray().Any(j => j!["progress"] is not null));

        await Client.PostAsync($"/api/runs/{instance}/cancel", new { });
        var cancelled = await Client.UntilAsync(instance, s => s["subStatus"]!.GetValue<string>() == "Cancelled" && s.Stage("Work")["outcome"] is not null);
        var next = await Client.DispatchAsync("cancelled");
        var finished = await Client.UntilFinishedAsync(next);

        Assert.Equal("Make:executed Work:cancelled", cancelled.Outcomes());
        Assert.Equal("Make:up-to-date Work:executed Count:executed", finished.Outcomes());
        Assert.Contains(shared.Folder.Executed, line => line.StartsWith("Work runs from ", StringComparison.Ordinal) && line != "Work runs from 0");
    }

    [Fact]
    public async Task An_instance_that_does_not_exist_is_not_found_by_name()
    {
        using var status = await Client.Http.GetAsync("/api/runs/nobody");
        using var retry = await Client.Http.PostAsJsonAsync("/api/runs/nobody/retry", new { });

        Assert.Equal(HttpStatusCode.NotFound, status.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, retry.StatusCode);
        Assert.Contains("there is no workflow instance nobody", await retry.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
