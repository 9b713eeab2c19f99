using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Stages.Prediction;
using FineTuneWorkflows.Stages.RegisterModel;
using FineTuneWorkflows.Stages.Tests.Support;
using FineTuneWorkflows.Stages.Tracking;
using FineTuneWorkflows.Tracking.Registry;
using FineTuneWorkflows.Tracking.Store;

namespace FineTuneWorkflows.Stages.Tests.Registration;

public sealed class RegistryRebuildTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Workspace workspace = new();

    private Home Home => workspace.Home;

    public void Dispose() => workspace.Dispose();

    [Fact]
    public async Task Without_the_database_everything_that_was_registered_is_as_before()
    {
        await RegisterTwoAsync();
        new JournalImporter(Home, workspace.Services.Store).ImportAll(TestContext.Current.CancellationToken);
        var before = Texts(workspace.Services.Registry);
        var model = workspace.Services.Registry.Resolve("mood@champion").Digest;
        workspace.Services.Dispose();
        foreach (var file in Directory.GetFiles(Home.Root, "state.db*"))
            File.Delete(file);

        using var services = new StageServices(Home);
        Assert.Equal(before, Texts(services.Registry));
        Assert.Equal(Path.Combine(Home.Objects, model[..2], model), ModelLocator.Find("mood@champion", Home, services.Registry));
        using var engine = Engine.Open(Home, services);
        var again = await engine.Runner.RunAsync(workspace.Whole(), new(), [], TestContext.Current.CancellationToken);
        Assert.Equal(StageOutcome.UpToDate, again.Of("Register").Outcome);
        Assert.Equal(before, Texts(services.Registry));
    }

    [Fact]
    public async Task Without_its_file_it_is_rebuilt_from_journals_and_artifacts()
    {
        await RegisterTwoAsync();
        var before = Texts(workspace.Services.Registry);
        File.Delete(Home.Registry);
        Assert.Equal(before, Texts(workspace.Services.Registry));
        Assert.True(File.Exists(Home.Registry));

        // Who only looks makes no file.
        File.Delete(Home.Registry);
        using var looking = new StageServices(Home.Find(Home.Root));
        Assert.Equal(before, Texts(looking.Registry));
        Assert.False(File.Exists(Home.Registry));
    }

    [Fact]
    public async Task A_registry_of_an_earlier_version_is_rebuilt_too_though_its_artifacts_say_less()
    {
        await RegisterTwoAsync();
        var before = workspace.Services.Registry.List();
        File.Delete(Home.Registry);
        foreach (var path in Directory.GetFiles(Home.Objects, "registration.json", SearchOption.AllDirectories))
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            var json = JsonNode.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken))!.AsObject();
            Assert.True(json.Remove("metrics") & json.Remove("created") & json.Remove("description"));
            await File.WriteAllTextAsync(path, json.ToJsonString(), TestContext.Current.CancellationToken);
        }

        var after = workspace.Services.Registry.List();
        Assert.All(after, version => Assert.NotEmpty(version.Metrics));
        Assert.Equal(before.Select(v => Text(v with { Created = default })), after.Select(v => Text(v with { Created = default })));
    }

    [Fact]
    public async Task A_registry_in_the_tables_of_an_earlier_version_is_taken_over()
    {
        await RegisterTwoAsync();
        var before = workspace.Services.Registry.List();
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={workspace.Services.Store.Path}"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = string.Concat(before.Reverse().Select(v =>
                $"INSERT INTO model_versions (name, version, digest, run_id, description, created) VALUES ('{v.Name}', {v.Version}, '{v.Digest}', '{v.RunId}', 'by the tables', {v.Created.ToUnixTimeMilliseconds()});"
                + string.Concat(v.Aliases.Select(alias => $"INSERT INTO model_aliases (name, alias, version) VALUES ('{v.Name}', '{alias}', {v.Version});"))));
            command.ExecuteNonQuery();
        }

        File.Delete(Home.Registry);
        var after = workspace.Services.Registry.List();
        Assert.All(after, version => Assert.Equal("by the tables", version.Description));
        Assert.Equal(before.Select(v => (v.Version, v.Digest, string.Join(' ', v.Aliases))), after.Select(v => (v.Version, v.Digest, string.Join(' ', v.Aliases))));
    }

    [Fact]
    public void The_last_move_of_an_alias_counts_whichever_version_was_made_first()
    {
        Registered("20260101-120000000-aaaa", Noon, 1, "a", "champion");
        Registered("20260101-120100000-bbbb", Noon.AddMinutes(1), 2, "b", "champion");
        Registered("20260101-120200000-cccc", Noon.AddMinutes(2), 1, "a", "champion");
        Registered("20260101-120300000-dddd", Noon.AddMinutes(3), 2, "b", "champion", StageOutcome.UpToDate);
        var entries = Rebuilt();
        Assert.Equal([1, 2], entries.OfType<VersionRegistered>().Select(v => v.Version));
        Assert.Equal([(1, (int?)null), (2, 1), (1, 2)], entries.OfType<AliasMoved>().Select(m => (m.Version, m.Before)));
    }

    [Fact]
    public void Of_two_models_with_one_number_the_later_is_counted_on()
    {
        Registered("20260101-120000000-aaaa", Noon, 1, "a", "champion");
        Registered("20260101-120100000-bbbb", Noon.AddMinutes(1), 2, "b", null);
        // A registry was lost and begun anew.
        Registered("20260101-120200000-cccc", Noon.AddMinutes(2), 1, "c", "champion");
        var entries = Rebuilt();
        Assert.Equal([(1, 'a'), (2, 'b'), (3, 'c')], entries.OfType<VersionRegistered>().Select(v => (v.Version, v.Digest[0])));
        Assert.Equal(3, entries.OfType<AliasMoved>().Last().Version);
    }

    [Fact]
    public void A_damaged_line_costs_what_it_said_and_nothing_else()
    {
        Registered("20260101-120000000-aaaa", Noon, 1, "a", "champion");
        File.AppendAllText(RunJournal.PathOf(Home, "20260101-120000000-aaaa"), "rubbish\n");
        Registered("20260101-120000000-aaaa", Noon.AddMinutes(1), 2, "b", null);
        Assert.Equal(2, Rebuilt().OfType<VersionRegistered>().Count());
    }

    private async Task RegisterTwoAsync()
    {
        await workspace.RunAsync(workspace.Whole(register: new { modelName = "mood", gate = "test/accuracy >= champion", modelDescription = "the \"first\"" }));
        await workspace.RunAsync(workspace.Whole(train: Workspace.Training(epochs: 1, learningRate: 1e-9)));
        Assert.Equal([2, 1], workspace.Services.Registry.List().Select(version => version.Version));
        Assert.Equal(["champion"], workspace.Services.Registry.Resolve("mood/1").Aliases);
        await workspace.RunAsync(workspace.Whole());
    }

    private IReadOnlyList<RegistryEntry> Rebuilt() => new RegistryRebuild(Home, () => null).Entries();

    private void Registered(string runId, DateTimeOffset time, int version, string digest, string? alias, StageOutcome outcome = StageOutcome.Executed)
    {
        var tags = new Dictionary<string, string> { ["model/name"] = "mood", ["model/version"] = $"{version}", ["model/digest"] = new string(digest[0], 64) };
        if (alias is not null)
            tags["model/alias"] = alias;
        using var journal = RunJournal.Open(Home, runId);
        journal.OnEvent(new StageFinished(time, "Register", "FineTune.RegisterModel", outcome, "", 0, null, new Dictionary<string, string>(), new Dictionary<string, double>(), tags, runId));
    }

    private static IEnumerable<string> Texts(ModelRegistry registry) => [.. registry.List().Select(Text)];

    private static string Text(ModelVersion version) => JsonSerializer.Serialize(version);
}
