using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Tracking.Events;
using FineTuneWorkflows.Tracking.Runs;
using FineTuneWorkflows.Tracking.Store;

namespace FineTuneWorkflows.Stages.Tracking;

/// <summary>
/// Moves what happened from the journals of runs into the tracking outbox. Each batch of journal lines and the new position in that journal enter in one transaction, so
/// a process that is killed anywhere neither loses an event nor enters one twice.
/// </summary>
public sealed class JournalImporter
{
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
    /// <exception cref="FineTuneWorkflows.Tracking.TrackingException">The store cannot be written.</exception>
    /// <exception cref="InvalidDataException">A journal is damaged; the message names file and place.</exception>
    public void ImportAll(CancellationToken cancellationToken = default)
    {
        foreach (var folder in Directory.EnumerateDirectories(home.Runs).Order(StringComparer.Ordinal))
            Import(Path.GetFileName(folder), cancellationToken);
        CloseInterrupted();
    }

    /// <summary>Imports what is new in a run's journal.</summary>
    public void Import(string runId, CancellationToken cancellationToken = default)
    {
        var path = RunJournal.PathOf(home, runId);
        if (!File.Exists(path))
            return;
        var source = $"runs/{runId}";
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var from = store.PositionOf(source);
            var lines = RunJournal.Read(path, from).Take(BatchSize).ToList();
            if (lines.Count == 0)
                return;
            if (from == 0 && lines[0].Event is Pipelines.Journals.RunStarted { Parent: { } parent })
                Import(parent, cancellationToken);
            if (from > 0 && !translator.Knows(runId))
                foreach (var (happened, _) in RunJournal.Read(path).TakeWhile(line => line.End <= from))
                    translator.Remember(runId, happened);
            // A batch that another process imported meanwhile is refused whole; the next turn goes on behind it.
            store.Append([.. lines.SelectMany(line => translator.Translate(runId, line.Event))], new(source, from, lines[^1].End));
        }
    }

    // A killed process cannot say that its run is over; whoever comes next does. The run's next resumption opens it again.
    private void CloseInterrupted()
    {
        var history = new RunHistory(home);
        foreach (var run in new RunIndex(store).List(new() { Status = RunStatus.Running, Limit = int.MaxValue }))
        {
            if (!File.Exists(RunJournal.PathOf(home, run.RunId)))
                continue;
            var known = history.Overview(run.RunId);
            if (known.State == RunState.Interrupted)
                store.Append([new RunEnded(run.RunId, RunStatus.Killed, known.LastEvent ?? run.Started)]);
        }
    }
}
