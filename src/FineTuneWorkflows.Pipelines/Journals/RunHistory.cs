using System.Text.Json;
using FineTuneWorkflows.Foundation.Locks;
using FineTuneWorkflows.Pipelines.Cache;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Homes;

namespace FineTuneWorkflows.Pipelines.Journals;

/// <summary>
/// The runs of a home, read from their journals and summaries alone. Needs no database, and tells the truth of runs that were killed or are still going on.
/// </summary>
public sealed class RunHistory
{
    /// <summary>The name by which <see cref="Resolve"/> knows the newest run.</summary>
    public const string Latest = "latest";

    private readonly Home home;

    /// <summary>Looks at the runs of a home.</summary>
    public RunHistory(Home home) => this.home = home;

    /// <summary>The ids of all runs, newest first.</summary>
    public IEnumerable<string> Ids() => !Directory.Exists(home.Runs) ? [] :
        Directory.EnumerateDirectories(home.Runs)
            .Select(folder => Path.GetFileName(folder)!)
            .Where(id => File.Exists(RunJournal.PathOf(home, id)))
            .OrderDescending(StringComparer.Ordinal);

    /// <summary>All runs, newest first. Lazy: of each only the ends of its journal and its summary are read, when it is reached.</summary>
    public IEnumerable<RunOverview> All() => Ids().Select(Overview);

    /// <summary>The id that is meant: the whole id, a beginning or end that only one run has, or <c>latest</c>.</summary>
    /// <exception cref="RunHistoryException">There is no such run, or several.</exception>
    public string Resolve(string text)
    {
        var ids = Ids().ToList();
        if (ids.Count == 0)
            throw new RunHistoryException($"there are no runs in {home.Root}");
        if (text == Latest)
            return ids[0];
        if (ids.Contains(text))
            return text;
        var meant = text.Length == 0 ? [] : ids.Where(id => id.StartsWith(text, StringComparison.Ordinal) || id.EndsWith(text, StringComparison.Ordinal)).ToList();
        return meant.Count switch
        {
            1 => meant[0],
            0 => throw new RunHistoryException($"there is no run {text} in {home.Root}; the newest is {ids[0]}"),
            _ => throw new RunHistoryException($"{text} may mean {string.Join(", ", meant.Take(5))}{(meant.Count > 5 ? $" or {meant.Count - 5} more" : "")}"),
        };
    }

    /// <summary>All that is known of a run. Its journal is read once from beginning to end; a curve's memory does not grow with it.</summary>
    /// <param name="runId">Its whole id.</param>
    /// <exception cref="RunHistoryException">There is no such run, or its journal is damaged.</exception>
    public RunDetails Read(string runId)
    {
        var path = RunJournal.PathOf(home, runId);
        if (!File.Exists(path))
            throw new RunHistoryException($"there is no run {runId} in {home.Root}");
        var reading = new RunReading(new StageRecordStore(home));
        try
        {
            foreach (var (runEvent, _) in RunJournal.Read(path))
                reading.Add(runEvent);
        }
        catch (InvalidDataException e)
        {
            throw new RunHistoryException(e.Message, e);
        }

        return reading.Details(finished => StateOf(runId, finished)) ?? throw new RunHistoryException($"{path} does not say how run {runId} began");
    }

    /// <summary>One run's line in the list; a run whose journal is damaged has the state <see cref="RunState.Damaged"/>.</summary>
    /// <param name="runId">Its whole id.</param>
    public RunOverview Overview(string runId)
    {
        var path = RunJournal.PathOf(home, runId);
        try
        {
            var first = RunJournal.Read(path).Select(line => line.Event).FirstOrDefault();
            // An observer may fail at the very last event, and that is journaled behind it.
            var last = RunJournal.ReadBackwards(path).FirstOrDefault(e => e is not ObserverFailed);
            return new(
                runId, (first as RunStarted)?.Name ?? "", StateOf(runId, last as RunFinished), first?.Time, last?.Time, last is null ? null : SummaryOf(runId));
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return new(runId, "", RunState.Damaged, null, null, null);
        }
    }

    private RunSummary? SummaryOf(string runId)
    {
        var path = Path.Combine(home.Runs, runId, RunSummary.FileName);
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), RunJson.Default.RunSummary) : null;
        }
        catch (JsonException)
        {
            // The journal says the same at greater length.
            return null;
        }
    }

    private RunState StateOf(string runId, RunFinished? finished) => finished?.Status switch
    {
        RunStatus.Succeeded => RunState.Succeeded,
        RunStatus.Failed => RunState.Failed,
        RunStatus.Cancelled => RunState.Cancelled,
        _ => IsRunning(runId) ? RunState.Running : RunState.Interrupted,
    };

    // A shared lock, let go of at once, and no lock file is made: looking must not be in the way of a run that starts.
    private bool IsRunning(string runId)
    {
        var path = home.RunLock(runId);
        if (!File.Exists(path))
            return false;
        using var free = FileLock.TryAcquire(path, shared: true);
        return free is null;
    }
}
