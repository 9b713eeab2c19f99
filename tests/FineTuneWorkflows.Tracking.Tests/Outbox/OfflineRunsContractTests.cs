using System.Security.Cryptography;
using FineTuneWorkflows.Tracking.Events;
using FineTuneWorkflows.Tracking.Mlflow.Entities;
using FineTuneWorkflows.Tracking.Outbox;
using FineTuneWorkflows.Tracking.Store;
using FineTuneWorkflows.Tracking.Tests.Mlflow;

namespace FineTuneWorkflows.Tracking.Tests.Outbox;

/// <summary>Runs that happened with no server in reach and are delivered later; the same for the fake server and a real one.</summary>
public sealed class OfflineRunsContractTests
{
    private const int Runs = 3;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(ContractServer.All), MemberType = typeof(ContractServer))]
    public async Task Three_runs_made_offline_arrive_in_their_order_with_the_times_at_which_they_happened(string kind)
    {
        await using var server = ContractServer.Open(kind);
        using var folder = new TemporaryFolder();
        using var store = TrackingStore.Open(folder.File("state.db"));
        var (experiment, name) = (ContractServer.Unique("offline"), ContractServer.Unique("offline-model"));
        for (var run = 0; run < Runs; run++) await RunOffline(store, folder, experiment, name, run);

        await using (var shipper = OutboxShipper.Start(store.Path, server.Options))
        {
            var status = await shipper.FlushAsync(TimeSpan.FromSeconds(60), Cancel);
            Assert.True(status.IsDelivered, $"{status} {shipper.LastFault} {string.Join("; ", new OutboxQueue(store, server.Options).Refused())}");
        }

        var client = server.Client;
        var experimentId = (await client.Experiments.FindAsync(experiment, Cancel))!.ExperimentId;
        var found = new List<MlflowRun>();
        string? token = null;
        do
        {
            var page = await client.Runs.SearchAsync([experimentId], maxResults: 1, pageToken: token, cancellation: Cancel);
            Assert.Single(page.Items);
            found.AddRange(page.Items);
            token = page.NextPageToken;
        }
        while (!string.IsNullOrEmpty(token) && found.Count <= Runs);

        Assert.Equal(["offline-0", "offline-1", "offline-2"], found.OrderBy(run => run.Info.StartTime).Select(run => run.Info.RunName));
        for (var number = 0; number < Runs; number++)
        {
            var run = found.Single(run => run.Info.RunName == $"offline-{number}");
            Assert.Equal((Start(number).ToUnixTimeMilliseconds(), Start(number).AddMinutes(30).ToUnixTimeMilliseconds()), (run.Info.StartTime, run.Info.EndTime));
            var history = (await client.Runs.GetHistoryAsync(run.Info.RunId, "train/loss", cancellation: Cancel)).Items;
            Assert.Equal(
                Points(number).Select(point => (point.Step, point.Value, point.Time.ToUnixTimeMilliseconds())),
                history.OrderBy(point => point.Step).Select(point => (point.Step, point.Value, point.Timestamp)));
            await client.Artifacts.DownloadAsync(run.Info.ArtifactUri, "report.bin", folder.File($"down-{number}"), cancellation: Cancel);
            Assert.Equal(Digest(folder.File($"up-{number}")), Digest(folder.File($"down-{number}")));
            // Versions are numbered by the server in the order in which they arrive.
            var version = await client.Registry.GetVersionAsync(name, $"{number + 1}", Cancel);
            Assert.Equal((run.Info.RunId, $"{number + 1}"), (version.RunId, version.Tags!.Single(tag => tag.Key == "finetune.version").Value));
        }

        Assert.Equal("3", (await client.Registry.FindAliasAsync(name, "champion", Cancel))!.Version);
    }

    private static async Task RunOffline(TrackingStore store, TemporaryFolder folder, string experiment, string name, int number)
    {
        var (id, digest) = (ContractServer.Unique("run"), new string((char)('a' + number), 64));
        Directory.CreateDirectory(folder.File($"model-{number}"));
        await File.WriteAllTextAsync(folder.File($"model-{number}/MLmodel"), "flavors: {}", Cancel);
        var report = new byte[100_000];
        for (var i = 0; i < report.Length; i++) report[i] = (byte)(i * (number + 7));
        await File.WriteAllBytesAsync(folder.File($"up-{number}"), report, Cancel);
        store.Append(
        [
            new RunStarted(id, $"offline-{number}", experiment, Start(number)),
            new MetricsLogged(id, Points(number)),
            new ArtifactProduced(id, "report.bin", folder.File($"up-{number}")),
            new ModelLogged(id, "model", folder.File($"model-{number}"), digest, Start(number).AddMinutes(20)),
            new ModelRegistered(id, name, number + 1, digest),
            new ModelAliasMoved(id, name, "champion", number + 1, digest),
            new RunEnded(id, RunStatus.Finished, Start(number).AddMinutes(30)),
        ]);
    }

    private static DateTimeOffset Start(int number) => Make.Noon.AddHours(number);

    private static List<MetricPoint> Points(int number) =>
        [.. Enumerable.Range(1, 50).Select(step => new MetricPoint("train/loss", 1.0 / (step + number), step, Start(number).AddSeconds(step)))];

    private static string Digest(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
}
