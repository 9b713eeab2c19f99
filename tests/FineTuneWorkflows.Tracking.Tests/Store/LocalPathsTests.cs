using FineTuneWorkflows.Tracking.Events;
using FineTuneWorkflows.Tracking.Mlflow;
using FineTuneWorkflows.Tracking.Outbox;
using FineTuneWorkflows.Tracking.Runs;
using FineTuneWorkflows.Tracking.Store;
using Microsoft.Data.Sqlite;

namespace FineTuneWorkflows.Tracking.Tests.Store;

public sealed class LocalPathsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_database_that_was_moved_names_the_files_that_were_moved_with_it()
    {
        var outside = _folder.File("elsewhere/plot.svg");
        using (var store = TrackingStore.Open(_folder.File("home/state.db")))
            store.Append(
            [
                Make.Start("a"), new ArtifactProduced("a", "report.json", _folder.File("home/objects/ab/report.json")), new ArtifactProduced("a", "plot.svg", outside),
                new ArtifactProduced("a", "like.txt", _folder.File("home2/like.txt")), new ModelLogged("a", "model", _folder.File("home/runs/a/models/FineTune"), "digest", Make.Noon),
            ]);
        Directory.Move(_folder.File("home"), _folder.File("moved"));

        using var moved = TrackingStore.Open(_folder.File("moved/state.db"));
        var run = new RunIndex(moved).Show("a");
        Assert.Equal([_folder.File("home2/like.txt"), outside, _folder.File("moved/objects/ab/report.json")], run.Artifacts.Select(artifact => artifact.LocalPath));
        Assert.Equal(_folder.File("moved/runs/a/models/FineTune"), Assert.Single(run.Models).LocalPath);
        var queue = new OutboxQueue(moved, new MlflowOptions { TrackingUri = new("http://any") });
        var waiting = queue.Next(100).Where(row => row.Event is not null).Select(queue.EventOf).ToList();
        Assert.Equal(run.Artifacts.Select(artifact => artifact.LocalPath).Order(), waiting.OfType<ArtifactProduced>().Select(artifact => artifact.LocalPath).Order());
        Assert.Equal(_folder.File("moved/runs/a/models/FineTune"), Assert.Single(waiting.OfType<ModelLogged>()).LocalPath);
    }

    [Fact]
    public void A_full_path_that_an_earlier_version_kept_stays_as_it_is()
    {
        using (var store = TrackingStore.Open(_folder.File("state.db")))
            store.Append([Make.Start("a"), new ArtifactProduced("a", "x", _folder.File("x"))]);
        using (var connection = new SqliteConnection($"Data Source={_folder.File("state.db")};Pooling=False"))
        {
            connection.Open();
            connection.Execute("UPDATE artifacts SET local_path = ?1", "/elsewhere/x");
        }

        using var again = TrackingStore.Open(_folder.File("state.db"));
        Assert.Equal("/elsewhere/x", Assert.Single(new RunIndex(again).Show("a").Artifacts).LocalPath);
    }
}
