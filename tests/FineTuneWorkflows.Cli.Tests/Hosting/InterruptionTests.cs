using System.Diagnostics;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Tests.Fixture;

namespace FineTuneWorkflows.Cli.Tests.Hosting;

public sealed class InterruptionTests : IDisposable
{
    private readonly Workplace place = new();

    public InterruptionTests() => place.Write(
        "wait.json", Definitions.Flowchart(("wait", "FineTune.Wait", $$"""{"signal":{{System.Text.Json.JsonSerializer.Serialize(Path.Combine(place.Folder, "begun"))}}}""")));

    public void Dispose() => place.Dispose();

    [Fact]
    public async Task The_first_signal_stops_at_the_next_step_and_exits_with_130()
    {
        using var output = new StringWriter();
        using var error = new StringWriter { NewLine = "\n" };
        var app = place.App(output, error);

        var run = app.RunAsync(place.WithHome("run", "wait.json"));
        await BegunAsync();
        app.Interrupt();

        Assert.Equal(ExitCode.Cancelled, await run);
        Assert.Equal("stopping at the next step; again to stop at once\ncancelled; run again to go on from here\n", error.ToString());
        Assert.Contains("cancelled", output.ToString());
    }

    [Fact]
    public async Task The_second_signal_ends_the_process_at_once()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exits = new List<int>();
        var app = place.App(output, error, exits.Add);

        var run = app.RunAsync(place.WithHome("run", "wait.json"));
        await BegunAsync();
        app.Interrupt();
        app.Interrupt();

        Assert.Equal([ExitCode.Cancelled], exits);
        await run;
    }

    [Theory(Timeout = 120_000)]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_real_signal_to_a_real_process_does_the_same(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such signals to send.");
        using var process = ChildProcess.Start(ChildProcess.TestFinetune, place.Folder, ["run", "wait.json", "--json"]);
        var answer = ChildProcess.AnswerAsync(process);
        await BegunAsync();
        using (var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);

        var (code, output, error) = await answer;

        Assert.Equal(ExitCode.Cancelled, code);
        Assert.StartsWith("stopping at the next step; again to stop at once\n", error, StringComparison.Ordinal);
        using var json = System.Text.Json.JsonDocument.Parse(output);
        Assert.Equal("cancelled", json.RootElement.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_run_that_was_cancelled_goes_on_under_its_own_id()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var app = place.App(output, error);
        var run = app.RunAsync(place.WithHome("run", "wait.json"));
        await BegunAsync();
        app.Interrupt();
        await run;
        File.Delete(Path.Combine(place.Folder, "begun"));

        var again = place.App(output, error);
        var second = again.RunAsync(place.WithHome("run", "wait.json"));
        await BegunAsync();
        again.Interrupt();
        await second;

        Assert.Single(Directory.GetDirectories(place.Home.Runs));
        Assert.Contains("continues where it stopped", output.ToString());
    }

    private async Task BegunAsync()
    {
        while (!place.Has("begun"))
            await Task.Delay(10, TestContext.Current.CancellationToken);
    }
}
