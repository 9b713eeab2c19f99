using System.Text.Json;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Tracking.Events;
using FineTuneWorkflows.Tracking.Runs;
using FineTuneWorkflows.Tracking.Store;
using RunStarted = FineTuneWorkflows.Pipelines.Contract.Events.RunStarted;
using Tracked = FineTuneWorkflows.Tracking.Events;

namespace FineTuneWorkflows.Stages.Tracking;

/// <summary>
/// Moves what happened from the journals of runs into the tracking outbox. Each batch of journal lines and the new position in that journal enter in one transaction, so
/// a process that is killed anywhere neither loses an event nor enters one twice. What is wrong with one journal concerns its run alone: a line that cannot be read is left out and said, and a journal
/// that cannot be opened waits for the next import.
/// </summary>
public sealed class JournalImporter
{
    /// <summary>The tag of a run of which a line was left out; its value says where the last one is.</summary>
    public const string DamageTag = "journal.damaged";

    private const int BatchSize = 2000;

    private readonly Home home;
    private readonly TrackingStore store;
    private readonly JournalTranslator translator;

    /// <summary>Makes an importer from a home's journals into its store.</summary>
    public JournalImporter(Home home, TrackingStore store)
    {
        this.home = home;
        this.store = store;
        translator = new(home);
    }

    /// <summary>Imports what is new in all journals, and closes the runs whose process died without closing them.</summary>
    /// <returns>What was left out or has to wait, in sentences that name the file and the place; empty where nothing was.</returns>
    /// <exception cref="FineTuneWorkflows.Tracking.TrackingException">The store cannot be written.</exception>
    public IReadOnlyList<string> ImportAll(CancellationToken cancellationToken = default)
    {
        var problems = new List<string>();
        foreach (var folder in Directory.EnumerateDirectories(home.Runs).Order(StringComparer.Ordinal))
            Import(Path.GetFileName(folder), problems, cancellationToken);
        CloseInterrupted();
        return problems;
    }

    /// <summary>Imports what is new in a run's journal.</summary>
    /// <returns>As <see cref="ImportAll"/>.</returns>
    /// <exception cref="FineTuneWorkflows.Tracking.TrackingException">The store cannot be written.</exception>
    public IReadOnlyList<string> Import(string runId, CancellationToken cancellationToken = default)
    {
        var problems = new List<string>();
        Import(runId, problems, cancellationToken);
        return problems;
    }

    private void Import(string runId, List<string> problems, CancellationToken cancellationToken)
    {
        var path = RunJournal.PathOf(home, runId);
        if (!File.Exists(path))
            return;
        try
        {
            while (ImportBatch(runId, path, problems, cancellationToken))
                cancellationToken.ThrowIfCancellationRequested();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            problems.Add($"run {runId} cannot be recorded further now: {e.Message}");
        }
    }

    private bool ImportBatch(string runId, string path, List<string> problems, CancellationToken cancellationToken)
    {
        var source = $"runs/{runId}";
        var from = store.PositionOf(source);
        var lines = RunJournal.ReadLines(path, from).Take(BatchSize).ToList();
        if (lines.Count == 0)
            return false;
        if (from == 0 && lines[0].Event is not RunStarted)
        {
            problems.Add($"run {runId} cannot be recorded: {lines[0].Damage?.Message ?? $"{path} does not say how it began"}");
            return false;
        }

        if (from == 0 && lines[0].Event is RunStarted { Parent: { } parent })
            Import(parent, problems, cancellationToken);
        if (from > 0 && !translator.Knows(runId))
            foreach (var (happened, _, _) in RunJournal.ReadLines(path).TakeWhile(line => line.End <= from))
                if (happened is not null)
                    translator.Remember(runId, happened);

        // A batch that another process imported meanwhile is refused whole; the next turn goes on behind it.
        var translated = lines.ConvertAll(line => (Events: Translate(runId, line.Event, line.Damage, out var problem), Problem: problem, line.End));
        try
        {
            if (store.Append([.. translated.SelectMany(line => line.Events)], new(source, from, lines[^1].End)))
                problems.AddRange(translated.Select(line => line.Problem).OfType<string>());
            return true;
        }
        catch (Exception e) when (e is EventException or ArgumentException)
        {
            return OneByOne(runId, source, from, translated, problems);
        }
    }

    // One event does not fit what is stored: the others of the batch do.
    private bool OneByOne(string runId, string source, long from, List<(IReadOnlyList<TrackingEvent> Events, string? Problem, long End)> lines, List<string> problems)
    {
        foreach (var (events, known, end) in lines)
        {
            var problem = known;
            try
            {
                if (!store.Append(events, new(source, from, end)))
                    return true;
            }
            catch (Exception e) when (e is EventException or ArgumentException)
            {
                problem = $"run {runId}: the line of its journal that ends at byte {end} is left out: {e.Message}";
                if (!store.Append([], new(source, from, end)))
                    return true;
            }

            if (problem is not null)
                problems.Add(problem);
            from = end;
        }

        return true;
    }

    private IReadOnlyList<TrackingEvent> Translate(string runId, RunEvent? happened, InvalidDataException? damage, out string? problem)
    {
        problem = null;
        try
        {
            if (happened is not null)
                return [.. translator.Translate(runId, happened)];
            problem = $"run {runId}: a line of its journal is left out: {damage!.Message}";
        }
        catch (Exception e) when (e is InvalidDataException or JsonException)
        {
            problem = $"run {runId}: what {happened!.GetType().Name} says of it is left out: {e.Message}";
        }

        return [new TagsSet(runId, [new(DamageTag, problem)])];
    }

    // A killed process cannot say that its run is over; whoever comes next does. The run's next resumption opens it again.
    private void CloseInterrupted()
    {
        var history = new RunHistory(home);
        foreach (var run in new RunIndex(store).List(new() { Status = Tracked.RunStatus.Running, Limit = int.MaxValue }))
        {
            if (!File.Exists(RunJournal.PathOf(home, run.RunId)))
                continue;
            var known = history.Overview(run.RunId);
            if (known.State == RunState.Interrupted)
                store.Append([new RunEnded(run.RunId, Tracked.RunStatus.Killed, known.LastEvent ?? run.Started)]);
        }
    }
}
