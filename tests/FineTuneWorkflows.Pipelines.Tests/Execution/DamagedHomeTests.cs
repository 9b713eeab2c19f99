using System.Globalization;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Tests.Support;

namespace FineTuneWorkflows.Pipelines.Tests.Execution;

public sealed class DamagedHomeTests : IDisposable
{
    private readonly EngineFixture fixture = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_truncated_artifact_is_noticed_and_made_again()
    {
        var first = await RunAsync();
        Damage(first.Of("Count").Artifacts["count"].File("count.txt"), "");
        var second = await RunAsync();
        Assert.Equal("Read:up-to-date Shout:up-to-date Count:executed Report:up-to-date", second.Outcomes());
        Assert.Equal("its artifact `count` is damaged: count.txt has 0 bytes instead of 1", second.Of("Count").Reason);
        Assert.Equal("7", await File.ReadAllTextAsync(second.Of("Count").Artifacts["count"].File("count.txt"), Token));
    }

    [Fact]
    public async Task An_artifact_with_other_bytes_of_the_same_length_is_noticed()
    {
        Damage((await RunAsync()).Of("Count").Artifacts["count"].File("count.txt"), "8");
        Assert.Equal("its artifact `count` is damaged: the bytes of count.txt do not match their digest", (await RunAsync()).Of("Count").Reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("null")]
    public async Task A_damaged_record_costs_a_repetition_and_nothing_else(string content)
    {
        await RunAsync();
        foreach (var record in Directory.GetFiles(fixture.Home.Stages))
            await File.WriteAllTextAsync(record, content, Token);
        var result = await RunAsync();
        Assert.Equal("Read:executed Shout:executed Count:executed Report:executed", result.Outcomes());
        Assert.Equal("its result is no longer in the cache", result.Of("Read").Reason);
    }

    [Fact]
    public async Task Damaged_memory_costs_only_the_reasons()
    {
        await RunAsync();
        foreach (var memory in Directory.GetFiles(fixture.Home.Pipelines))
            await File.WriteAllTextAsync(memory, "{\"stages\":", Token);
        Assert.Equal("not built before", (await RunAsync(count: new { start = 5 })).Of("Count").Reason);
    }

    [Fact]
    public async Task A_lock_file_that_cannot_be_opened_fails_the_stage_and_is_not_waited_for()
    {
        if (OperatingSystem.IsWindows())
            return;
        var first = await RunAsync();
        var fingerprint = first.Of("Count").Fingerprint!;
        File.Delete(Path.Combine(fixture.Home.Stages, fingerprint + ".json"));
        var path = Path.Combine(fixture.Home.Locks, $"stage-{fingerprint[..16]}.lock");
        File.Delete(path);
        // A link to itself fails like a full disk does: with an IOException of no type of its own.
        File.CreateSymbolicLink(path, path);

        var second = await RunAsync();

        Assert.Equal((RunStatus.Failed, StageOutcome.Failed), (second.Status, second.Of("Count").Outcome));
        Assert.Contains(path, second.Of("Count").Reason, StringComparison.Ordinal);
        File.Delete(path);
        Assert.Equal(RunStatus.Succeeded, (await RunAsync()).Status);
    }

    public void Dispose() => fixture.Dispose();

    private static void Damage(string path, string content)
    {
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(path, content);
    }

    private Pipeline Chain(object? shout = null, object? count = null) => TestPipelines.Build(TestPipelines.Chain(fixture.Source, shout, count));

    private Task<RunResult> RunAsync(object? shout = null, object? count = null) => fixture.RunAsync(Chain(shout, count), cancellationToken: Token);
}
