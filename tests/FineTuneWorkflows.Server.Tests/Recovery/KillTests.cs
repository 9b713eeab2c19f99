using FineTuneWorkflows.Server.Tests.Support;

namespace FineTuneWorkflows.Server.Tests.Recovery;

public class KillTests
{
    private const int Steps = 40;

    [Fact]
    public async Task Killed_in_the_midst_of_a_stage_the_instance_goes_on_by_itself_from_the_checkpoint_and_repeats_nothing()
    {
        using var folder = new TestFolder();
        string instance;
        await using (var first = await ServerProcess.StartAsync(folder))
        {
            await first.Client.PublishAsync(TestDefinitions.Chain("killed", new { text = "killed" }, new { steps = Steps, stepMilliseconds = 50 }));
            instance = await first.Client.DispatchAsync("killed");
            await first.Client.UntilAsync(instance, s => s["stages"]!.AsArray().Any(j => j!["id"]!.GetValue<string>() == "Work" && j["progress"] is not null));
            await first.KillAsync();
        }

        await using var second = await ServerProcess.StartAsync(folder);
        var finished = await second.Client.UntilFinishedAsync(instance);
        var resumed = folder.Executed.Last(line => line.StartsWith("Work runs from ", StringComparison.Ordinal));

        Assert.Equal("Make:executed Work:executed Count:executed", finished.Outcomes());
        Assert.Equal(2, finished.Stage("Work")["attempts"]!.GetValue<long>());
        Assert.Single(folder.Executed, "Make runs");
        Assert.NotEqual("Work runs from 0", resumed);
    }

    [Fact]
    public async Task Killed_at_any_moment_every_instance_finishes_and_no_finished_stage_runs_twice()
    {
        const int Kills = 3;
        using var folder = new TestFolder();
        var instances = new List<string>();
        var delays = new[] { 60, 300, 700 };
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var server = await ServerProcess.StartAsync(folder);
            await server.Client.PublishAsync(TestDefinitions.Chain($"random-{kill}", new { text = $"random {kill}" }, new { steps = 3, stepMilliseconds = 30, rate = 0.1 * (kill + 1) }));
            instances.Add(await server.Client.DispatchAsync($"random-{kill}"));
            // A dispatch is answered before its instance is saved; from the moment it is there it must not be lost.
            await server.Client.UntilAsync(instances[^1], _ => true);
            await Task.Delay(delays[kill]);
            await server.KillAsync();
        }

        await using var last = await ServerProcess.StartAsync(folder);
        foreach (var instance in instances)
            Assert.Equal("Finished", (await last.Client.UntilFinishedAsync(instance))["subStatus"]!.GetValue<string>());
        var outcomes = await Task.WhenAll(instances.Select(async i => (await last.Client.StatusAsync(i))!.Outcomes()));

        Assert.All(outcomes, o => Assert.Equal(3, o.Split(' ').Length));
        Assert.All(instances, i => Assert.DoesNotContain("Faulted", i, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_is_told_to_stop_puts_its_stage_back_and_the_next_one_goes_on()
    {
        using var folder = new TestFolder();
        string instance;
        await using (var first = await ServerProcess.StartAsync(folder))
        {
            await first.Client.PublishAsync(TestDefinitions.Chain("stopped", new { text = "stopped" }, new { steps = Steps, stepMilliseconds = 50 }));
            instance = await first.Client.DispatchAsync("stopped");
            await first.Client.UntilAsync(instance, s => s["stages"]!.AsArray().Any(j => j!["id"]!.GetValue<string>() == "Work" && j["progress"] is not null));
            await first.StopAsync();
            Assert.Contains("Stage Work stops with the server", first.Output, StringComparison.Ordinal);
        }

        await using var second = await ServerProcess.StartAsync(folder);
        var finished = await second.Client.UntilFinishedAsync(instance);

        Assert.Equal("Make:executed Work:executed Count:executed", finished.Outcomes());
        Assert.Single(folder.Executed, "Make runs");
    }

    [Fact]
    public async Task A_second_server_on_the_same_home_is_refused()
    {
        using var folder = new TestFolder();
        await using var first = await ServerProcess.StartAsync(folder);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => ServerProcess.StartAsync(folder));

        Assert.Contains("another server uses the home", refused.Message, StringComparison.Ordinal);
    }
}
