using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Server.Data;
using FineTuneWorkflows.Server.Jobs;
using FineTuneWorkflows.Server.Tests.Support;

namespace FineTuneWorkflows.Server.Tests.Recovery;

public sealed class FencingTests : IAsyncDisposable
{
    private readonly TestFolder folder = new();
    private readonly ServerDatabase database;
    private readonly StageJobStore jobs;

    public FencingTests()
    {
        database = new(null, Path.Combine(folder.Path, "tables.db"));
        jobs = new(database, TimeProvider.System);
    }

    [Fact]
    public async Task A_worker_that_wakes_up_after_another_took_its_job_can_neither_commit_nor_report()
    {
        await AddAsync("a");
        var first = (await jobs.ClaimAsync("a", default))!;
        var second = (await jobs.ClaimAsync("a", default))!;

        Assert.Throws<StageException>(() => jobs.Fence("a", first.Token));
        Assert.False(await jobs.FinishAsync("a", first.Token, Result("stale"), default));
        jobs.Fence("a", second.Token);
        Assert.True(await jobs.FinishAsync("a", second.Token, Result("fresh"), default));
        Assert.Equal("fresh", (await jobs.FindAsync("a", default))!.Result!.Reason);
        Assert.Equal(1, second.Crashes);
        Assert.Null(await jobs.ClaimAsync("a", default));
    }

    [Fact]
    public async Task A_job_that_a_stopping_server_put_back_counts_no_crash()
    {
        await AddAsync("b");
        var first = (await jobs.ClaimAsync("b", default))!;
        await jobs.ReleaseAsync("b", first.Token, default);

        Assert.Equal(0, (await jobs.ClaimAsync("b", default))!.Crashes);
    }

    [Fact]
    public async Task Cancelling_an_instance_drops_what_waits_and_stops_what_runs()
    {
        await AddAsync("waits");
        await AddAsync("runs");
        var running = (await jobs.ClaimAsync("runs", default))!;

        var toStop = await jobs.CancelAsync("instance", default);

        Assert.Equal(["runs"], toStop);
        Assert.Null(await jobs.ClaimAsync("waits", default));
        Assert.True(await jobs.IsCancelledAsync("runs", default));
        Assert.Throws<StageException>(() => jobs.Fence("runs", running.Token));
    }

    [Fact]
    public async Task A_job_added_twice_is_there_once_and_unchanged()
    {
        await AddAsync("c");
        var claimed = (await jobs.ClaimAsync("c", default))!;
        await AddAsync("c");

        var job = (await jobs.FindAsync("c", default))!;
        Assert.Equal((claimed.Token, StageJobStatus.Running), (job.Token, job.Status));
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        folder.Dispose();
    }

    private static StageJobResult Result(string reason) => StageJobResult.Without(StageOutcome.Failed, reason, true, false);

    private async Task AddAsync(string id)
    {
        await database.CreateAsync(default);
        await jobs.AddAsync(new(id, "run", "instance", "definition", "Definition", "activity", "Work", "Work", "Test.Work", "cpu", "/", new Dictionary<string, System.Text.Json.JsonElement>(), new Dictionary<string, string>(), new Dictionary<string, System.Text.Json.JsonElement>()) { Journal = new("version", 1, null, "node") }, default);
    }
}
