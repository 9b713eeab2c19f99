using System.Text.Json;
using FineTuneWorkflows.Pipelines.Artifacts;
using FineTuneWorkflows.Pipelines.Cache;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Pipelines.Execution;

/// <summary>Removes from a home what no recent run and nobody else uses.</summary>
public sealed class HomeCleaner
{
    private readonly Home home;
    private readonly ArtifactStore artifacts;
    private readonly StageRecordStore records;
    private readonly TimeProvider time;

    internal HomeCleaner(Home home, ArtifactStore artifacts, StageRecordStore records, TimeProvider time)
    {
        this.home = home;
        this.artifacts = artifacts;
        this.records = records;
        this.time = time;
    }

    /// <summary>What was, or would be, removed.</summary>
    /// <param name="Artifacts">Artifacts.</param>
    /// <param name="Records">Records of the run cache.</param>
    /// <param name="WorkFolders">Work folders with their checkpoints.</param>
    /// <param name="Bytes">Bytes in all.</param>
    public sealed record Report(int Artifacts, int Records, int WorkFolders, long Bytes);

    /// <summary>
    /// Removes artifacts and records that none of the last runs used or made and nothing pins, and work folders left alone for longer than
    /// <paramref name="workAge"/>. Journals and summaries stay, and so does whatever does not bear a name that the home itself gives.
    /// </summary>
    /// <param name="keepRuns">How many of the newest runs keep what they used.</param>
    /// <param name="workAge">The age from which an unfinished stage's checkpoints go.</param>
    /// <param name="pinned">Digests of artifacts to keep in any case, such as registered models.</param>
    /// <param name="dryRun">Whether only to report.</param>
    /// <exception cref="HomeException">The folder is not marked as a home, or a run is going on.</exception>
    public Report Clean(int keepRuns, TimeSpan workAge, IReadOnlySet<string> pinned, bool dryRun)
    {
        if (HomeMarker.Read(home.Root) is null)
            throw new HomeException($"the folder {home.Root} is not marked as a home; nothing was removed");
        using var alone = home.TryLockForCleaning() ?? throw new HomeException($"a run is going on in {home.Root}; clean when it is done");
        var used = new HashSet<string>(pinned, StringComparer.Ordinal);
        foreach (var runId in Directory.EnumerateDirectories(home.Runs).Select(path => Path.GetFileName(path)!).OrderDescending(StringComparer.Ordinal).Take(keepRuns))
            used.UnionWith(UsedBy(runId));

        long bytes = 0;
        var staleRecords = records.All().Where(r => r.Artifacts.Values.Any(digest => !used.Contains(digest))).ToList();
        var staleArtifacts = artifacts.Digests().Where(digest => !used.Contains(digest)).ToList();
        bytes += staleArtifacts.Sum(artifacts.SizeOf);
        var staleWork = new DirectoryInfo(home.Work).EnumerateDirectories().Where(w => HomeLayout.IsFingerprint(w.Name) && time.GetUtcNow() - LastChange(w) > workAge).ToList();
        bytes += staleWork.SelectMany(w => w.EnumerateFiles("*", SearchOption.AllDirectories)).Sum(f => f.Length);
        if (!dryRun)
        {
            // Records first: one must never name an artifact that is gone.
            staleRecords.ForEach(r => records.Delete(r.Fingerprint));
            staleArtifacts.ForEach(artifacts.Delete);
            staleWork.ForEach(w => ArtifactStore.DeleteFolder(w.FullName));
            foreach (var file in Directory.EnumerateFiles(home.Locks).Where(file => HomeLayout.IsPassingLock(Path.GetFileName(file))))
                File.Delete(file);
        }

        return new(staleArtifacts.Count, staleRecords.Count, staleWork.Count, bytes);
    }

    // An unfinished run has no summary, and one may be damaged, but what its stages made is in its journal.
    private IEnumerable<string> UsedBy(string runId)
    {
        if (SummaryOf(runId) is { } run)
            return run.Stages.SelectMany(s => s.Artifacts.Values);
        var journal = RunJournal.PathOf(home, runId);
        return File.Exists(journal)
            ? RunJournal.ReadLines(journal).Select(line => line.Event).OfType<StageFinished>().SelectMany(s => s.Artifacts.Values).ToList()
            : [];
    }

    private RunSummary? SummaryOf(string runId)
    {
        var summary = Path.Combine(home.Runs, runId, RunSummary.FileName);
        try
        {
            return File.Exists(summary) ? JsonSerializer.Deserialize(File.ReadAllBytes(summary), RunJson.Default.RunSummary) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static DateTimeOffset LastChange(DirectoryInfo folder) =>
        folder.EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Select(i => i.LastWriteTimeUtc).Append(folder.LastWriteTimeUtc).Max();
}
