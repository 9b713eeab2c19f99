using System.Text.Json;
using FineTuneWorkflows.Tracking.Events;
using FineTuneWorkflows.Tracking.Mlflow;

namespace FineTuneWorkflows.Tracking.Outbox;

/// <summary>Delivers the oldest events of the queue, run by run, each run's in order.</summary>
internal sealed class WindowDelivery(OutboxQueue queue, MlflowClient client, SecretMask mask)
{
    private const int Rows = 500;

    private readonly ServerRuns _runs = new(queue, client, mask);
    private readonly EventDelivery _events = new(queue, client);

    /// <summary>
    /// False when nothing waits. What the server refuses is set aside, and a run that it has no more is held up as a whole; anything else that
    /// goes wrong is thrown and leaves the rest waiting.
    /// </summary>
    internal async Task<bool> Next(CancellationToken cancellation)
    {
        var rows = queue.Next(Rows);
        foreach (var run in rows.GroupBy(row => row.Run))
        {
            try
            {
                await Deliver(run.Key, run, cancellation).ConfigureAwait(false);
            }
            catch (RunHeldException held)
            {
                queue.Hold(run.Key, held.Because, held.Message);
            }
        }

        return rows.Count > 0;
    }

    private async Task Deliver(long run, IEnumerable<OutboxRow> rows, CancellationToken cancellation)
    {
        var delivered = await _runs.Of(run, cancellation).ConfigureAwait(false);
        var batch = new BatchDelivery(queue, client, mask, _runs, delivered);
        foreach (var row in rows)
        {
            if (await batch.TryAdd(row, cancellation).ConfigureAwait(false)) continue;
            await batch.Flush(cancellation).ConfigureAwait(false);
            await Deliver(delivered, row, cancellation).ConfigureAwait(false);
        }

        await batch.Flush(cancellation).ConfigureAwait(false);
    }

    private async Task Deliver(DeliveredRun run, OutboxRow row, CancellationToken cancellation)
    {
        try
        {
            await _events.Deliver(run, mask.Mask(queue.EventOf(row)), cancellation).ConfigureAwait(false);
        }
        catch (MlflowException fault) when (Refusal.Is(fault))
        {
            await _runs.ThrowIfGone(run, cancellation).ConfigureAwait(false);
            queue.Refuse(row, fault.Message);
            return;
        }
        catch (Exception fault) when (fault is (TrackingException and not MlflowException) or JsonException)
        {
            // A file that is gone, a name that cannot be: waiting does not help.
            queue.Refuse(row, fault.Message);
            return;
        }

        queue.Delivered(row.Run, [row.Sequence]);
    }
}
