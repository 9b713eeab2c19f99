using System.Text.Json;
using System.Text.Json.Serialization;
using FineTuneWorkflows.Tracking.Registry;
using FineTuneWorkflows.Tracking.Store;

namespace FineTuneWorkflows.Tracking.Tests.Registry;

public sealed class ModelRegistryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ModelRegistry _registry;

    public ModelRegistryTests() => _registry = new ModelRegistry(File);

    private string File => _folder.File("registry.jsonl");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Versions_count_from_one_for_each_model()
    {
        Assert.Equal(1, Register("sentiment", "d1").Version);
        Assert.Equal(2, Register("sentiment", "d2").Version);
        Assert.Equal(1, Register("spam", "d1").Version);
    }

    [Fact]
    public void The_same_model_again_is_the_version_there_is()
    {
        var first = Register("sentiment", "d1", 0.8);
        var again = Register("sentiment", "d1", 0.1);
        Assert.Equal(1, again.Version);
        Assert.Equal(first.Metrics, again.Metrics);
        Assert.Single(_registry.List());
    }

    [Fact]
    public void A_version_keeps_what_it_was_registered_with()
    {
        var version = _registry.Register(new ModelVersionDraft(
            "sentiment", "d1", "run", new Dictionary<string, double> { ["b"] = double.NaN, ["a"] = 1 }, ["y", "x", "y"], "the first"));
        Assert.Equal(("d1", "run", "the first"), (version.Digest, version.RunId, version.Description));
        Assert.Equal(["a", "b"], version.Metrics.Keys);
        Assert.True(double.IsNaN(version.Metrics["b"]));
        Assert.Equal(["x", "y"], version.DataDigests);
        Assert.Equal(["d1", "x", "y"], _registry.ReferencedDigests());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"event\":\"registered\",\"name\":\"sent")]
    public void A_file_without_an_entry_is_rebuilt_as_one_that_is_missing(string content)
    {
        System.IO.File.WriteAllText(File, content);
        RegistryEntry[] known = [new VersionRegistered(DateTimeOffset.UnixEpoch, "sentiment", 1, "d1", "run", new Dictionary<string, double>(), ["data"]), new AliasMoved(DateTimeOffset.UnixEpoch, "sentiment", "champion", 1, null)];

        var reader = new ModelRegistry(File, () => known, readOnly: true);
        Assert.Equal(1, reader.Resolve("sentiment@champion").Version);
        Assert.Equal(content, System.IO.File.ReadAllText(File));
        var registry = new ModelRegistry(File, () => known);
        Assert.Equal(["d1", "data"], registry.ReferencedDigests());
        Assert.Equal(2, registry.Register(new("sentiment", "d2", "run", new Dictionary<string, double>(), [])).Version);
        Assert.Equal(1, new ModelRegistry(File).Resolve("sentiment@champion").Version);
    }

    [Fact]
    public void An_alias_moves_and_says_where_it_was()
    {
        Register("sentiment", "d1");
        Register("sentiment", "d2");
        Assert.Null(_registry.SetAlias("sentiment", "champion", 1));
        Assert.Equal(1, _registry.SetAlias("sentiment", "champion", 2)!.Version);
        Assert.Equal(2, _registry.FindAlias("sentiment", "champion")!.Version);
        Assert.Equal(["champion"], _registry.Resolve("sentiment/2").Aliases);
        Assert.True(_registry.RemoveAlias("sentiment", "champion"));
        Assert.False(_registry.RemoveAlias("sentiment", "champion"));
        Assert.Null(_registry.FindAlias("sentiment", "champion"));
    }

    [Fact]
    public void A_reference_resolves_by_alias_version_or_name()
    {
        Register("sentiment", "d1");
        Register("sentiment", "d2");
        _registry.SetAlias("sentiment", "champion", 1);
        Assert.Equal(1, _registry.Resolve("sentiment@champion").Version);
        Assert.Equal(1, _registry.Resolve("sentiment/1").Version);
        Assert.Equal(2, _registry.Resolve("sentiment").Version);
    }

    [Theory]
    [InlineData("", "NAME")]
    [InlineData("spam", "No model 'spam' is registered. Registered are: sentiment.")]
    [InlineData("spam@champion", "No model 'spam'")]
    [InlineData("sentiment@best", "no alias 'best'. It has: champion.")]
    [InlineData("sentiment/7", "no version 7; its latest is 1.")]
    [InlineData("sentiment/x", "'x' is no version number")]
    [InlineData("sentiment/-1", "'-1' is no version number")]
    public void A_reference_to_nothing_says_what_there_is(string reference, string said)
    {
        Register("sentiment", "d1");
        _registry.SetAlias("sentiment", "champion", 1);
        Assert.Contains(said, Assert.Throws<TrackingException>(() => _registry.Resolve(reference)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_alias_of_a_version_that_is_not_there_is_refused()
    {
        Register("sentiment", "d1");
        Assert.Throws<TrackingException>(() => _registry.SetAlias("sentiment", "champion", 2));
        Assert.Throws<TrackingException>(() => _registry.SetAlias("spam", "champion", 1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a/b")]
    [InlineData("a:b")]
    [InlineData("a@b")]
    [InlineData("..")]
    [InlineData("..a")]
    [InlineData("a\nb")]
    public void Names_that_the_server_refuses_are_refused(string name) => Assert.Throws<TrackingException>(() => Register(name, "d"));

    [Theory]
    [InlineData("")]
    [InlineData("latest")]
    [InlineData("Latest")]
    [InlineData("v1")]
    [InlineData("V23")]
    [InlineData("a b")]
    [InlineData("a.b")]
    public void Aliases_that_the_server_refuses_are_refused(string alias)
    {
        Register("sentiment", "d1");
        Assert.Throws<TrackingException>(() => _registry.SetAlias("sentiment", alias, 1));
    }

    [Theory]
    [InlineData("champion")]
    [InlineData("v1b")]
    [InlineData("überholt_2-x")]
    public void Other_aliases_are_fine(string alias)
    {
        Register("sentiment", "d1");
        _registry.SetAlias("sentiment", alias, 1);
        Assert.Equal(1, _registry.Resolve($"sentiment@{alias}").Version);
    }

    [Fact]
    public void Names_and_aliases_that_are_too_long_are_refused()
    {
        Assert.Throws<TrackingException>(() => RegistryNames.CheckModel(new string('n', 257)));
        Assert.Throws<TrackingException>(() => RegistryNames.CheckAlias(new string('n', 256)));
    }

    [Fact]
    public void An_alias_is_moved_only_when_the_gate_holds()
    {
        Register("sentiment", "d1", 0.8);
        Register("sentiment", "d2", 0.7);
        Register("sentiment", "d3", 0.9);
        var gate = ModelGate.Parse("acc > champion");
        Assert.True(_registry.Promote("sentiment", "champion", 1, gate).Moved);
        var refused = _registry.Promote("sentiment", "champion", 2, gate);
        Assert.False(refused.Moved);
        Assert.Equal(1, refused.Before!.Version);
        Assert.Equal(1, _registry.FindAlias("sentiment", "champion")!.Version);
        Assert.True(_registry.Promote("sentiment", "champion", 3, gate).Moved);
        Assert.True(_registry.Promote("sentiment", "champion", 3, gate).Moved);
        Assert.True(_registry.Promote("sentiment", "champion", 2).Moved);
        Assert.Equal(2, _registry.FindAlias("sentiment", "champion")!.Version);
    }

    [Fact]
    public async Task Processes_that_register_at_once_get_numbers_without_gaps()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(
            () =>
            {
                var registry = new ModelRegistry(File);
                for (var i = 0; i < 10; i++) registry.Register(Draft("sentiment", $"d{worker % 2}-{i}", 0));
            },
            TestContext.Current.CancellationToken)));
        Assert.Equal(Enumerable.Range(1, 20).Reverse(), _registry.List("sentiment").Select(version => version.Version));
    }

    [Fact]
    public void Whoever_opens_it_next_finds_the_same_versions_metrics_and_aliases()
    {
        _registry.Register(new ModelVersionDraft(
            "sentiment", "d1", "run", new Dictionary<string, double> { ["nan"] = double.NaN, ["low"] = double.NegativeInfinity, ["acc"] = 0.1 + 0.2 }, ["y", "x"], "one\n\"two\" \u2028"));
        Register("sentiment", "d2");
        Register("a model with spaces, \u00fc", "d1");
        _registry.SetAlias("sentiment", "champion", 1);
        _registry.SetAlias("sentiment", "candidate", 2);
        _registry.SetAlias("sentiment", "champion", 2);
        _registry.SetAlias("sentiment", "old", 1);
        _registry.RemoveAlias("sentiment", "old");
        Same(_registry.List(), new ModelRegistry(File).List());
        Assert.Equal(["candidate", "champion"], new ModelRegistry(File).Resolve("sentiment/2").Aliases);
        Assert.Empty(new ModelRegistry(File).Resolve("sentiment/1").Aliases);
    }

    [Fact]
    public void A_line_that_a_killed_process_left_unfinished_does_not_count()
    {
        Register("sentiment", "d1", 0.8);
        var whole = System.IO.File.ReadAllText(File);
        Register("sentiment", "d2");
        var second = System.IO.File.ReadAllText(File)[whole.Length..];
        for (var cut = 0; cut < second.Length; cut += 7)
        {
            System.IO.File.WriteAllText(File, whole + second[..cut]);
            Assert.Equal(1, _registry.Resolve("sentiment").Version);
            Assert.Equal((2, "d3"), (Register("sentiment", "d3").Version, _registry.Resolve("sentiment/2").Digest));
            Assert.Equal(2, System.IO.File.ReadAllLines(File).Length);
        }
    }

    [Theory]
    [InlineData("rubbish")]
    [InlineData("{\"event\":\"model-sold\",\"time\":\"2026-01-01T00:00:00Z\",\"name\":\"a\"}")]
    [InlineData("{\"event\":\"alias-moved\",\"time\":\"2026-01-01T00:00:00Z\",\"name\":\"a\"}")]
    [InlineData("null")]
    public void A_damaged_line_is_said_with_its_place(string line)
    {
        Register("sentiment", "d1");
        var length = new FileInfo(File).Length;
        System.IO.File.AppendAllText(File, line + "\n");
        Assert.StartsWith($"{File} is damaged at byte {length}: ", Assert.Throws<TrackingException>(() => _registry.List()).Message, StringComparison.Ordinal);
        Assert.Throws<TrackingException>(() => Register("sentiment", "d2"));
    }

    [Fact]
    public void Where_there_is_no_file_it_is_what_others_know_and_is_kept()
    {
        Register("sentiment", "d1", 0.8);
        Register("sentiment", "d2", 0.9);
        _registry.SetAlias("sentiment", "champion", 2);
        var before = _registry.List();
        var entries = new RegistryFile(File).Read();
        System.IO.File.Delete(File);
        Assert.Empty(_registry.List());

        var asked = 0;
        var rebuilt = new ModelRegistry(File, () =>
        {
            asked++;
            return entries;
        });
        Same(before, rebuilt.List());
        Assert.Equal(3, rebuilt.Register(Draft("sentiment", "d3", 0)).Version);
        var times = asked;
        Same(before.Prepend(rebuilt.Resolve("sentiment/3")), rebuilt.List());
        Assert.Equal(times, asked);
    }

    [Fact]
    public void Where_nothing_may_be_written_nothing_is()
    {
        var entry = new VersionRegistered(DateTimeOffset.UnixEpoch, "sentiment", 4, "d1", "run", new Dictionary<string, double>(), []);
        var registry = new ModelRegistry(_folder.File("none/registry.jsonl"), () => [entry], readOnly: true);
        Assert.Equal(4, registry.Resolve("sentiment").Version);
        Assert.Empty(new ModelRegistry(_folder.File("none/registry.jsonl")).List());
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void What_an_earlier_version_kept_in_its_tables_is_read()
    {
        using var store = TrackingStore.Open(_folder.File("state.db"));
        store.Database.Write(connection => connection.Execute(
            """
            INSERT INTO model_versions (id, name, version, digest, run_id, description, created) VALUES (1, 'sentiment', 1, 'd1', 'r1', NULL, 1000), (2, 'sentiment', 2, 'd2', 'r2', 'second', 2000);
            INSERT INTO model_version_metrics (version, key, value) VALUES (1, 'acc', 0.5), (2, 'acc', NULL);
            INSERT INTO model_version_data (version, digest) VALUES (2, 'y'), (2, 'x');
            INSERT INTO model_aliases (name, alias, version) VALUES ('sentiment', 'champion', 1);
            """));
        var registry = new ModelRegistry(File, () => RegistryTables.Read(store));
        Assert.Equal([2, 1], registry.List().Select(version => version.Version));
        var (first, second) = (registry.Resolve("sentiment@champion"), registry.Resolve("sentiment"));
        Assert.Equal(("d1", "r1", 0.5, DateTimeOffset.FromUnixTimeSeconds(1)), (first.Digest, first.RunId, first.Metrics["acc"], first.Created));
        Assert.Equal(("d2", "second", double.NaN, "x y"), (second.Digest, second.Description, second.Metrics["acc"], string.Join(' ', second.DataDigests)));
    }

    private static void Same(IEnumerable<ModelVersion> expected, IEnumerable<ModelVersion> actual) =>
        Assert.Equal(expected.Select(Text), actual.Select(Text));

    private static string Text(ModelVersion version) =>
        JsonSerializer.Serialize(version, new JsonSerializerOptions { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals });

    private ModelVersion Register(string name, string digest, double accuracy = 0) => _registry.Register(Draft(name, digest, accuracy));

    private static ModelVersionDraft Draft(string name, string digest, double accuracy) =>
        new(name, digest, "run", new Dictionary<string, double> { ["acc"] = accuracy }, []);
}
