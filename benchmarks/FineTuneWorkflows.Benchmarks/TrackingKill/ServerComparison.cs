using System.Globalization;
using FineTuneWorkflows.Benchmarks.Tracking;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Tracking.Mlflow;
using FineTuneWorkflows.Tracking.Mlflow.Entities;

namespace FineTuneWorkflows.Benchmarks.TrackingKill;

/// <summary>Holds what a server shows of the runs of a home against what their journals say.</summary>
internal sealed class ServerComparison
{
    /// <summary>Runs in the home.</summary>
    public int Runs { get; private set; }

    /// <summary>How often a run was resumed.</summary>
    public int Resumptions { get; private set; }

    /// <summary>Values of metrics in the journals.</summary>
    public long Journaled { get; private set; }

    /// <summary>Values of metrics on the server.</summary>
    public long Served { get; private set; }

    /// <summary>What differs, in words.</summary>
    public List<string> Differences { get; } = [];

    /// <summary>Compares.</summary>
    /// <param name="folder">The home.</param>
    /// <param name="server">The server.</param>
    public static async Task<ServerComparison> MakeAsync(string folder, MlflowOptions server)
    {
        using var client = new MlflowClient(server);
        var comparison = new ServerComparison();
        var home = Home.Open(folder);
        var experiment = await client.Experiments.GetOrCreateAsync(server.ExperimentName ?? MlflowOptions.DefaultExperiment);
        foreach (var runId in new RunHistory(home).Ids())
            await comparison.AddAsync(client, experiment, runId, [.. RunJournal.Read(RunJournal.PathOf(home, runId)).Select(line => line.Event)]);
        return comparison;
    }

    private async Task AddAsync(MlflowClient client, string experiment, string runId, IReadOnlyList<RunEvent> journal)
    {
        Runs++;
        Resumptions += journal.OfType<RunResumed>().Count();
        var logged = journal.OfType<MetricsLogged>()
            .SelectMany(e => e.Values.Select(v => new MetricPointKey(v.Key, e.Step, e.Time.ToUnixTimeMilliseconds(), v.Value)))
            .ToHashSet();
        Journaled += logged.Count;
        var found = (await client.Runs.SearchAsync([experiment], $"tags.`finetune.run_id` = '{runId}'")).Items;
        if (found.Count != 1)
        {
            Differences.Add($"run {runId} is on the server {found.Count} times");
            return;
        }

        if (found[0].Info.Status != MlflowRunStatus.Finished)
            Differences.Add($"run {runId} is {found[0].Info.Status} on the server");
        var served = await HistoryAsync(client, found[0].Info.RunId, [.. logged.Select(p => p.Key).Distinct(StringComparer.Ordinal)]);
        Served += served.Count;
        Differ(runId, "missing on the server", logged.Except(served));
        Differ(runId, "on the server and in no journal", served.Except(logged));
        Differ(runId, "doubled", served.GroupBy(p => p).Where(g => g.Count() > 1).Select(g => g.Key));
    }

    private void Differ(string runId, string how, IEnumerable<MetricPointKey> points)
    {
        var all = points.ToList();
        if (all.Count > 0)
            Differences.Add(string.Create(CultureInfo.InvariantCulture, $"run {runId}: {all.Count} values are {how}, such as {all[0].Key} of step {all[0].Step}"));
    }

    private static async Task<List<MetricPointKey>> HistoryAsync(MlflowClient client, string run, IReadOnlyList<string> keys)
    {
        var points = new List<MetricPointKey>();
        foreach (var key in keys)
        {
            string? token = null;
            do
            {
                var page = await client.Runs.GetHistoryAsync(run, key, pageToken: token);
                points.AddRange(page.Items.Select(m => new MetricPointKey(key, m.Step, m.Timestamp, m.Value)));
                token = page.NextPageToken;
            }
            while (!string.IsNullOrEmpty(token));
        }

        return points;
    }
}
