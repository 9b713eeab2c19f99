using FineTuneWorkflows.Tracking.Events;
using FineTuneWorkflows.Tracking.Outbox;
using FineTuneWorkflows.Tracking.Registry;
using FineTuneWorkflows.Tracking.Store;
using FineTuneWorkflows.Tracking.Tests.Mlflow;

namespace FineTuneWorkflows.Tracking.Tests.Outbox;

/// <summary>An alias that several homes move on one server; the same for the fake server and a real one.</summary>
public sealed class SharedChampionContractTests : IDisposable
{
    private const string Gate = "test/accuracy >= champion";

    private readonly TemporaryFolder _folder = new();
    private readonly string _name = ContractServer.Unique("shared");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(ContractServer.All), MemberType = typeof(ContractServer))]
    public async Task A_server_s_champion_is_known_with_the_figures_and_the_test_data_of_its_version(string kind)
    {
        await using var server = ContractServer.Open(kind);
        await Deliver(server, 'a', 0.87654321, asked: null, before: null);
        var found = (await new SharedRegistry(() => server.Options).FindChampionAsync(_name, "champion", Cancel))!;
        Assert.Null(found.Fault);
        Assert.Equal((1, new string('a', 64), "same test"), (found.Champion!.Version.Version, found.Champion.Version.Digest, found.Champion.TestData));
        Assert.Equal(0.87654321, found.Champion.Version.Metrics["test/accuracy"]);
        Assert.Null((await new SharedRegistry(() => server.Options).FindChampionAsync(_name, "nobody", Cancel))!.Champion);
        Assert.Null((await new SharedRegistry(() => server.Options).FindChampionAsync(ContractServer.Unique("none"), "champion", Cancel))!.Champion);
        Assert.Null(await new SharedRegistry(() => null).FindChampionAsync(_name, "champion", Cancel));
    }

    [Theory, MemberData(nameof(ContractServer.All), MemberType = typeof(ContractServer))]
    public async Task A_worse_version_of_a_home_that_was_offline_does_not_take_the_alias_from_another_home_s(string kind)
    {
        await using var server = ContractServer.Open(kind);
        await Deliver(server, 'a', 0.9, asked: null, before: null);
        var worse = await Deliver(server, 'b', 0.057, asked: null, before: null);
        Assert.Equal("1", (await server.Client.Registry.FindAliasAsync(_name, "champion", Cancel))!.Version);
        Assert.Equal(("2", null), (worse.Version, worse.Alias));
        Assert.Contains("stays at version 1", worse.Note, StringComparison.Ordinal);
        Assert.Contains("0.057, not >= 0.9", worse.Note, StringComparison.Ordinal);
        var version = await server.Client.Registry.GetVersionAsync(_name, "2", Cancel);
        Assert.Equal(worse.Note, version.Tags!.Single(tag => tag.Key == "finetune.alias.champion").Value);

        var better = await Deliver(server, 'c', 0.95, asked: null, before: null);
        Assert.Equal(("3", "champion", "champion moved from version 1 to it"), (better.Version, better.Alias, better.Note));
        Assert.Equal("3", (await server.Client.Registry.FindAliasAsync(_name, "champion", Cancel))!.Version);
    }

    [Theory, MemberData(nameof(ContractServer.All), MemberType = typeof(ContractServer))]
    public async Task The_gate_is_asked_again_only_where_the_alias_has_moved_since_it_was_asked(string kind)
    {
        await using var server = ContractServer.Open(kind);
        await Deliver(server, 'a', 0.9, asked: null, before: null);
        // This one was compared with version 1 when it ran; what it said then still counts.
        Assert.Equal("champion", (await Deliver(server, 'b', 0.8, asked: server.Options.Address, before: 1)).Alias);
        // This one, too, but the champion is version 2 by now.
        Assert.Null((await Deliver(server, 'c', 0.7, asked: server.Options.Address, before: 1)).Alias);
        Assert.Equal("2", (await server.Client.Registry.FindAliasAsync(_name, "champion", Cancel))!.Version);
    }

    [Fact]
    public async Task Somebody_who_moves_the_alias_at_the_same_time_is_noticed()
    {
        await using var server = ContractServer.Open("fake");
        await Deliver(server, 'a', 0.9, asked: null, before: null);
        server.Fake!.State.AfterAlias = model => model.Aliases["champion"] = "1";
        var late = await Deliver(server, 'b', 0.95, asked: null, before: null);
        Assert.Equal((null, "champion points to version 1: somebody else moved it at the same time"), (late.Alias, late.Note));
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_part_of_the_answer_and_is_asked_again_after_a_minute()
    {
        var port = FakeMlflow.FreePort();
        var clock = new Clock();
        var registry = new SharedRegistry(() => new() { TrackingUri = new($"http://127.0.0.1:{port}") }, clock);
        Assert.Contains("cannot be reached", (await registry.FindChampionAsync("m", "champion", Cancel))!.Fault, StringComparison.Ordinal);
        await using var late = new FakeMlflow(port: port);
        Assert.NotNull((await registry.FindChampionAsync("m", "champion", Cancel))!.Fault);
        Assert.Equal(0, late.Requests);
        clock.Now = clock.Now.AddMinutes(1);
        await registry.FindChampionAsync("m", "champion", Cancel);
        Assert.NotEqual(0, late.Requests);
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = Make.Noon;

        public override DateTimeOffset GetUtcNow() => Now;
    }

    /// <summary>Another home with one version delivers it.</summary>
    private async Task<ServerVersion> Deliver(ContractServer server, char letter, double accuracy, string? asked, int? before)
    {
        var (id, digest) = (ContractServer.Unique("run"), new string(letter, 64));
        var model = Directory.CreateDirectory(_folder.File($"model-{letter}")).FullName;
        await File.WriteAllTextAsync(Path.Combine(model, "MLmodel"), "flavors: {}", Cancel);
        using var store = TrackingStore.Open(_folder.File($"{letter}.db"));
        store.Append(
        [
            new RunStarted(id, "home", "shared champions", Make.Noon),
            Make.Metrics(id, ("test/accuracy", accuracy, 0)),
            new ModelLogged(id, "m", model, digest, Make.Noon),
            new ModelRegistered(id, _name, 1, digest, Tags: [KeyValuePair.Create("test/accuracy", accuracy.ToString("0.####", System.Globalization.CultureInfo.InvariantCulture)), KeyValuePair.Create("test_data", "same test")], About: "Moods."),
            new ModelAliasMoved(id, _name, "champion", 1, digest, Gate, new Dictionary<string, double> { ["test/accuracy"] = accuracy }, before, asked),
        ]);
        await using var shipper = OutboxShipper.Start(store.Path, server.Options);
        Assert.Equal(new OutboxStatus(0, 0, 0), await shipper.FlushAsync(TimeSpan.FromSeconds(60), Cancel));
        Assert.Equal("Moods.", (await server.Client.Registry.GetAsync(_name, Cancel)).Description);
        return new OutboxQueue(store, server.Options).FindVersion(_name, digest)!;
    }
}
