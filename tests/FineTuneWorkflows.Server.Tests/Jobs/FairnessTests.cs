using System.Net;
using System.Net.Http.Json;
using FineTuneWorkflows.Server.Tests.Support;

namespace FineTuneWorkflows.Server.Tests.Jobs;

/// <summary>Which of several runs goes first. On a server of its own, with one slot for long stages and one for short ones.</summary>
public sealed class FairnessTests : IAsyncLifetime
{
    private readonly TestFolder folder = new();
    private ServerProcess? server;

    private ServerClient Client => server!.Client;

    public async ValueTask InitializeAsync() => server = await ServerProcess.StartAsync(folder);

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task The_first_of_three_runs_is_done_before_the_third_trains()
    {
        var runs = new List<string>();
        foreach (var (name, status) in new[] { ("A", "running"), ("B", "queued"), ("C", "queued") })
        {
            runs.Add(await StartAsync(name));
            await Client.UntilStageAsync(runs[^1], "Train" + name, status);
        }

        Go();
        foreach (var run in runs)
            await Client.UntilFinishedAsync(run);

        var order = folder.Executed.Where(line => !line.StartsWith("Make", StringComparison.Ordinal)).Select(line => line.Split(' ')[0]).ToList();
        Assert.Equal(["TrainA", "TrainB", "TrainC"], order.Where(s => s.StartsWith("Train", StringComparison.Ordinal)));
        Assert.True(order.IndexOf("CountA") < order.IndexOf("TrainC"), string.Join(" ", order));
    }

    [Fact]
    public async Task An_urgent_run_goes_before_those_that_wait_and_a_lesser_one_after_them()
    {
        var first = await StartAsync("First");
        await Client.UntilStageAsync(first, "TrainFirst", "running");
        var runs = new List<string> { first };
        foreach (var (name, priority) in new[] { ("Low", "Low"), ("Normal", null), ("High", "high") })
        {
            runs.Add(await StartAsync(name, priority));
            await Client.UntilStageAsync(runs[^1], "Train" + name, "queued");
        }

        Go();
        foreach (var run in runs)
            await Client.UntilFinishedAsync(run);

        Assert.Equal(["TrainFirst", "TrainHigh", "TrainNormal", "TrainLow"], folder.Executed.Where(line => line.StartsWith("Train", StringComparison.Ordinal)).Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public async Task A_priority_that_there_is_not_is_refused_in_words()
    {
        await PublishAsync("Wrong");
        var instance = await Client.DispatchAsync("Wrong", new { RunPriority = "Urgent" });

        Assert.Contains("the run's property RunPriority must be one of Low, Normal, High, got 'Urgent'", (await Client.UntilIncidentAsync(instance))["incidents"]![0]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_webhooks_body_may_set_the_priority()
    {
        await Client.PublishAsync(TestDefinitions.Flowchart(
            "urgent", [("Hook", "Elsa.HttpEndpoint", new { path = "urgent", supportedMethods = new[] { "POST" }, customProperties = new { canStartWorkflow = true } }), ("Make", "Test.Make", new { })],
            ["Hook>Make"]));

        using var taken = await Client.Http.PostAsJsonAsync("/hooks/urgent", new { RunPriority = "High" });
        using var refused = await Client.Http.PostAsJsonAsync("/hooks/urgent", new { RunPriority = 3 });

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.BadRequest), (taken.StatusCode, refused.StatusCode));
        Assert.Contains("wants one of Low, Normal, High, got 3", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<string> StartAsync(string name, string? priority = null)
    {
        await PublishAsync(name);
        return await Client.DispatchAsync(name, priority is null ? null : new { RunPriority = priority });
    }

    // What trains begins its work when the test says so.
    private void Go() => folder.Write("go", "");

    private Task PublishAsync(string name) => Client.PublishAsync(TestDefinitions.Flowchart(
        name,
        [("Make" + name, "Test.Make", new { text = name }), ("Train" + name, "Test.Work", new { steps = 5, stepMilliseconds = 100, waitsFor = Path.Combine(folder.Path, "go") }), ("Count" + name, "Test.Count", new { })],
        [$"Make{name}>Train{name}", $"Train{name}>Count{name}"]));
}
