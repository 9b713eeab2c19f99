using System.Globalization;
using FineTuneWorkflows.Tracking.Mlflow;
using FineTuneWorkflows.Tracking.Store;

namespace FineTuneWorkflows.Tracking.Outbox;

/// <summary>What a user may have done about runs that were deleted on the server. What becomes of them is delivered by the next shipper.</summary>
/// <param name="store">The store; it must stay open.</param>
/// <param name="client">The server.</param>
public sealed class OutboxRepair(TrackingStore store, MlflowClient client)
{
    private readonly OutboxQueue _queue = new(store, client.Options);

    /// <summary>Takes back, on the server, that runs and their experiments were deleted; their events go on where they stood.</summary>
    /// <returns>What was done and what could not be, a sentence for each run.</returns>
    /// <exception cref="MlflowException">The server refused, or could not be reached.</exception>
    public async Task<IReadOnlyList<string>> RestoreAsync(CancellationToken cancellation = default)
    {
        var done = new List<string>();
        foreach (var run in _queue.Held())
        {
            if (run.Because is HoldReason.RunGone or HoldReason.ExperimentGone)
            {
                done.Add($"run {run.RunId} cannot be restored: the server has nothing of it any more; `finetune sync --recreate` makes it anew there");
                continue;
            }

            if (await ExperimentOf(run, cancellation).ConfigureAwait(false) is { LifecycleStage: "deleted" } experiment)
            {
                await client.Experiments.RestoreAsync(experiment.ExperimentId, cancellation).ConfigureAwait(false);
                done.Add($"experiment '{experiment.Name}' is restored");
            }

            if (run.MlflowRunId is { } id && (await client.Runs.GetAsync(id, cancellation).ConfigureAwait(false)).Info.LifecycleStage == "deleted")
                await client.Runs.RestoreAsync(id, cancellation).ConfigureAwait(false);
            _queue.Release(run.Id);
            done.Add($"run {run.RunId} goes on where it stood");
        }

        return done;
    }

    /// <summary>
    /// Has runs that were deleted made anew on the server, with all that is known of them. Where the experiment was deleted, too, they go to
    /// the one of the options, which must be another.
    /// </summary>
    /// <returns>As <see cref="RestoreAsync"/>.</returns>
    /// <exception cref="MlflowException">The server refused, or could not be reached.</exception>
    public async Task<IReadOnlyList<string>> RecreateAsync(CancellationToken cancellation = default)
    {
        var done = new List<string>();
        foreach (var run in _queue.Held())
        {
            string? experiment = null;
            if (run.Because is HoldReason.ExperimentGone or HoldReason.ExperimentDeleted || await ExperimentOf(run, cancellation).ConfigureAwait(false) is { LifecycleStage: "deleted" })
            {
                experiment = client.Options.ExperimentName;
                if (experiment is null || await client.Experiments.FindAsync(experiment, cancellation).ConfigureAwait(false) is { LifecycleStage: "deleted" })
                {
                    done.Add($"run {run.RunId} waits: its experiment was deleted. Set MLFLOW_EXPERIMENT_NAME to another one and `finetune sync --recreate` again, or `finetune sync --restore`");
                    continue;
                }
            }

            _queue.StartAnew(run.Id, experiment);
            done.Add(string.Create(CultureInfo.InvariantCulture, $"run {run.RunId} is made anew{(experiment is null ? "" : $" in experiment '{experiment}'")}")
                + (run.Whole ? "" : "; what an earlier version of this program had delivered of it is not kept and is missing there"));
        }

        return done;
    }

    private async Task<Mlflow.Entities.MlflowExperiment?> ExperimentOf(HeldRun run, CancellationToken cancellation)
    {
        try
        {
            return run.ExperimentId is { } id ? await client.Experiments.GetAsync(id, cancellation).ConfigureAwait(false)
                : await client.Experiments.FindAsync(run.Experiment ?? client.Options.ExperimentName ?? MlflowOptions.DefaultExperiment, cancellation).ConfigureAwait(false);
        }
        catch (MlflowException fault) when (fault.IsNotFound)
        {
            return null; // Gone for good.
        }
    }
}
