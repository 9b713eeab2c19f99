using FineTuneWorkflows.Tracking.Events;
using FineTuneWorkflows.Tracking.Mlflow;
using FineTuneWorkflows.Tracking.Outbox;
using FineTuneWorkflows.Tracking.Runs;
using FineTuneWorkflows.Tracking.Store;
using Microsoft.Data.Sqlite;

namespace FineTuneWorkflows.Tracking.Tests.Store;

public sealed class TrackingStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TrackingStore _store;

    public TrackingStoreTests() => _store = TrackingStore.Open(_folder.File("state.db"));

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_journal_never_seen_stands_at_zero_and_moves_with_its_events()
    {
        Assert.Equal(0, _store.PositionOf("j"));
        Assert.True(_store.Append([Make.Start("r")], new JournalPosition("j", 0, 120)));
        Assert.Equal(120, _store.PositionOf("j"));
        Assert.Equal(0, _store.PositionOf("another"));
    }

    [Theory]
    [InlineData(0, 240)]
    [InlineData(119, 240)]
    [InlineData(121, 240)]
    public void From_a_position_that_is_not_the_stored_one_nothing_is_written(long from, long to)
    {
        _store.Append([Make.Start("r")], new JournalPosition("j", 0, 120));
        Assert.False(_store.Append([Make.Start("late")], new JournalPosition("j", from, to)));
        Assert.Equal(120, _store.PositionOf("j"));
        Assert.Single(new RunIndex(_store).List());
    }

    [Fact]
    public void A_position_may_move_without_events()
    {
        Assert.True(_store.Append([], new JournalPosition("j", 0, 7)));
        Assert.Equal(7, _store.PositionOf("j"));
    }

    [Fact]
    public void Offsets_that_run_backwards_are_a_programming_error() =>
        Assert.Throws<ArgumentException>(() => _store.Append([], new JournalPosition("j", 5, 4)));

    [Fact]
    public void An_event_of_a_run_that_never_started_is_refused_with_all_that_came_with_it()
    {
        var error = Assert.Throws<EventException>(
            () => _store.Append([Make.Start("a"), Make.Tags("b", ("k", "v"))], new JournalPosition("j", 0, 9)));
        Assert.Contains("Run b never started", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, _store.PositionOf("j"));
        Assert.Empty(new RunIndex(_store).List());
    }

    [Fact]
    public void A_run_starts_once()
    {
        _store.Append([Make.Start("a")]);
        Assert.Contains(
            "started already", Assert.Throws<EventException>(() => _store.Append([Make.Start("a")])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_child_names_a_parent_that_started() =>
        Assert.Throws<EventException>(() => _store.Append([Make.Start("child", parent: "nobody")]));

    [Fact]
    public void A_run_cannot_end_running() =>
        Assert.Throws<ArgumentException>(() => _store.Append([Make.Start("a"), new RunEnded("a", RunStatus.Running, Make.Noon)]));

    [Fact]
    public void Empty_keys_are_a_programming_error()
    {
        _store.Append([Make.Start("a")]);
        Assert.Throws<ArgumentException>(() => _store.Append([Make.Metrics("a", ("", 1, 1))]));
        Assert.Throws<ArgumentException>(() => _store.Append([Make.Tags("a", (" ", "x"))]));
        Assert.Throws<ArgumentException>(() => _store.Append([Make.Parameters("a", ("", "x"))]));
    }

    [Fact]
    public void What_one_connection_wrote_another_sees()
    {
        using var other = TrackingStore.Open(_store.Path);
        _store.Append([Make.Start("a")], new JournalPosition("j", 0, 5));
        Assert.Equal(5, other.PositionOf("j"));
        Assert.False(other.Append([Make.Start("b")], new JournalPosition("j", 0, 5)));
        Assert.True(other.Append([Make.Tags("a", ("k", "v"))], new JournalPosition("j", 5, 8)));
        Assert.Equal("v", new RunIndex(_store).Show("a").Tags["k"]);
    }

    [Fact]
    public void What_was_written_is_there_after_closing()
    {
        _store.Append([Make.Start("a")], new JournalPosition("j", 0, 5));
        _store.Dispose();
        using var again = TrackingStore.Open(_folder.File("state.db"));
        Assert.Equal("a", Assert.Single(new RunIndex(again).List()).RunId);
    }

    [Fact]
    public async Task Importers_that_race_for_a_journal_write_each_line_once()
    {
        _store.Append([Make.Start("r")]);
        const int lines = 300;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            () =>
            {
                using var mine = TrackingStore.Open(_store.Path);
                for (var position = mine.PositionOf("j"); position < lines; position = mine.PositionOf("j"))
                    mine.Append([Make.Metrics("r", ("loss", position, position))], new JournalPosition("j", position, position + 1));
            },
            TestContext.Current.CancellationToken)));
        var history = new RunIndex(_store).History("r", "loss");
        Assert.Equal(Enumerable.Range(0, lines).Select(i => (long)i), history.Select(point => point.Step));
    }

    [Fact]
    public async Task Many_may_open_a_new_file_at_once()
    {
        var path = _folder.File("sub/new.db");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(
            () =>
            {
                using var store = TrackingStore.Open(path);
                store.Append([Make.Start($"run{i}")]);
            },
            TestContext.Current.CancellationToken)));
        using var result = TrackingStore.Open(path);
        Assert.Equal(8, new RunIndex(result).List().Count);
    }

    [Fact]
    public void A_file_of_a_newer_version_is_left_alone_and_says_so()
    {
        var path = _folder.File("newer.db");
        using (var connection = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            connection.Open();
            connection.Execute("PRAGMA user_version = 999");
        }

        var error = Assert.Throws<TrackingException>(() => TrackingStore.Open(path));
        Assert.Contains("newer version", error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_an_older_version_is_brought_up_to_date_and_keeps_what_it_has()
    {
        var path = _folder.File("older.db");
        using (var store = TrackingStore.Open(path)) store.Append([Make.Start("a"), Make.Tags("a", ("k", "v"))]);
        using (var connection = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            connection.Open();
            connection.Execute(
                """
                DROP TABLE deliveries; DROP TABLE refusals; DROP TABLE server_versions; DROP INDEX outbox_run;
                ALTER TABLE runs DROP COLUMN experiment_id; ALTER TABLE runs DROP COLUMN mlflow_run_id;
                ALTER TABLE datasets DROP COLUMN schema; ALTER TABLE runs DROP COLUMN last_event; ALTER TABLE runs DROP COLUMN whole;
                PRAGMA user_version = 1
                """);
        }

        using var again = TrackingStore.Open(path);
        Assert.Equal("v", new RunIndex(again).Show("a").Tags["k"]);
        Assert.Equal(new OutboxStatus(2, 0, 0), new OutboxQueue(again, new MlflowOptions { TrackingUri = new("http://any") }).Status());
    }

    [Fact]
    public void What_an_older_version_had_delivered_stays_delivered_and_what_was_refused_stays_refused()
    {
        var path = _folder.File("older.db");
        using (var store = TrackingStore.Open(path)) store.Append([Make.Start("a"), Make.Tags("a", ("k", "v")), Make.Tags("a", ("l", "w"))]);
        using (var connection = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            connection.Open();
            connection.Execute(
                """
                DROP TABLE deliveries; DROP TABLE refusals; DROP TABLE server_versions; DROP INDEX outbox_run;
                ALTER TABLE runs DROP COLUMN experiment_id; ALTER TABLE runs DROP COLUMN mlflow_run_id;
                ALTER TABLE datasets DROP COLUMN schema; ALTER TABLE runs DROP COLUMN last_event; ALTER TABLE runs DROP COLUMN whole;
                CREATE TABLE delivered_runs (
                    server TEXT NOT NULL, run INTEGER NOT NULL, mlflow_run_id TEXT NOT NULL, experiment_id TEXT NOT NULL, artifact_uri TEXT,
                    PRIMARY KEY (server, run)) WITHOUT ROWID;
                CREATE TABLE refused (
                    seq INTEGER PRIMARY KEY, run INTEGER NOT NULL, kind TEXT NOT NULL, event TEXT, first_metric INTEGER, last_metric INTEGER,
                    reason TEXT NOT NULL);
                INSERT INTO delivered_runs VALUES ('http://here:1', 1, 'abc', '7', NULL);
                DELETE FROM outbox WHERE seq = 1;
                INSERT INTO refused SELECT seq, run, kind, event, first_metric, last_metric, 'no' FROM outbox WHERE seq = 2;
                DELETE FROM outbox WHERE seq = 2;
                PRAGMA user_version = 2
                """);
        }

        using var again = TrackingStore.Open(path);
        var here = new OutboxQueue(again, new MlflowOptions { TrackingUri = new("http://here:1") });
        Assert.Equal(new OutboxStatus(1, 0, 1), here.Status());
        Assert.Equal(new RefusedEvent("a", "tags", "no"), Assert.Single(here.Refused()));
        var there = new OutboxQueue(again, new MlflowOptions { TrackingUri = new("http://there:1") });
        Assert.Equal(new OutboxStatus(0, 0, 0), there.Status());
        Assert.Equal(1, there.AddAll());
    }

    [Fact]
    public void A_secret_is_not_even_stored()
    {
        using var store = TrackingStore.Open(_folder.File("masked.db"), new SecretMask(["planted-1"]));
        store.Append(
            [
                Make.Start("a"), Make.Tags("a", ("note", "planted-1"), ("url", "http://u:planted-2@h/")),
                Make.Parameters("a", ("x.Secret", "planted-3"))]);
        store.Dispose();
        foreach (var file in Directory.GetFiles(_folder.Path, "masked.db*"))
            Assert.DoesNotContain("planted", System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_database_says_so()
    {
        var path = _folder.File("text.db");
        File.WriteAllText(path, new string('x', 5000));
        Assert.Contains("is no SQLite database", Assert.Throws<TrackingException>(() => TrackingStore.Open(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_in_the_file_s_place_says_what_to_do()
    {
        Directory.CreateDirectory(_folder.File("folder.db"));
        Assert.Contains(
            "cannot be opened", Assert.Throws<TrackingException>(() => TrackingStore.Open(_folder.File("folder.db"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_in_the_home_s_place_says_so()
    {
        File.WriteAllText(_folder.File("home"), "");
        var error = Assert.Throws<TrackingException>(() => TrackingStore.Open(_folder.File("home/state.db")));
        Assert.Contains("cannot be opened", error.Message, StringComparison.Ordinal);
    }
}
