using FineTuneWorkflows.Server.Data;
using FineTuneWorkflows.Server.Schedules;
using FineTuneWorkflows.Server.Tests.Support;

namespace FineTuneWorkflows.Server.Tests.Schedules;

public sealed class CronOccurrencesTests : IAsyncDisposable
{
    private static readonly CronTrigger Night = new("definition", "version", "Night", CronOverlap.Queue);
    private static readonly CronTrigger Noon = Night with { ActivityId = "Noon" };
    private static readonly DateTimeOffset First = new(2026, 3, 1, 2, 0, 0, TimeSpan.Zero);

    private readonly TestFolder folder = new();
    private readonly ServerDatabase database;
    private readonly CronOccurrences occurrences;

    public CronOccurrencesTests()
    {
        database = new(null, Path.Combine(folder.Path, "tables.db"));
        occurrences = new(database);
    }

    [Fact]
    public async Task Of_several_servers_one_takes_an_occurrence_and_none_takes_an_earlier_one()
    {
        await database.CreateAsync(default);
        var another = new CronOccurrences(database);

        Assert.True(await occurrences.TakeAsync(Night, First, default));
        Assert.False(await another.TakeAsync(Night, First, default));
        Assert.True(await another.TakeAsync(Night, First.AddDays(1), default));
        Assert.False(await occurrences.TakeAsync(Night, First.AddDays(1), default));
        Assert.False(await occurrences.TakeAsync(Night, First, default));
        Assert.True(await occurrences.TakeAsync(Noon, First, default));
    }

    [Fact]
    public async Task A_start_that_waits_is_taken_once_and_waits_for_the_last_instance_only()
    {
        await database.CreateAsync(default);
        await occurrences.TakeAsync(Night, First, default);
        await occurrences.TakeAsync(Noon, First, default);
        Assert.Null(await occurrences.LastInstanceAsync(Night, default));
        await occurrences.StartsAsync(Night, "one", default);
        await occurrences.StartsAsync(Noon, "other", default);
        await occurrences.WaitsAsync(Night, default);
        await occurrences.WaitsAsync(Night, default);

        Assert.Equal("one", await occurrences.LastInstanceAsync(Night, default));
        Assert.Equal([("definition", "Night", "one")], await occurrences.WaitingAsync(default));
        Assert.True(await occurrences.TakeWaitingAsync("definition", "Night", "one", default));
        Assert.False(await occurrences.TakeWaitingAsync("definition", "Night", "one", default));
        await occurrences.WaitsAsync(Night, default);
        await occurrences.StartsAsync(Night, "two", default);
        Assert.Empty(await occurrences.WaitingAsync(default));
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        folder.Dispose();
    }
}
