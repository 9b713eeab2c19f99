using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Tracking;
using FineTuneWorkflows.Tracking.Mlflow;
using FineTuneWorkflows.Tracking.Outbox;

namespace FineTuneWorkflows.Stages.Tracking;

/// <summary>
/// The tracking server as one command knows it: the runs of a sweep have one delivery between them. A server that does not answer costs one short try at the end, however many runs there were, and is
/// said once.
/// </summary>
public sealed class TrackingConnection
{
    private static readonly TimeSpan ShortTry = TimeSpan.FromSeconds(2);

    private readonly Home home;
    private readonly MlflowOptions server;
    private readonly Action<string> say;
    private readonly TimeSpan patience;
    private readonly Action<Uri>? show;
    private readonly Lock gate = new();
    private OutboxShipper? shipper;
    private int runs;
    private bool tried;
    private bool told;

    /// <summary>Makes one for a command.</summary>
    /// <param name="home">The home of its runs.</param>
    /// <param name="server">The server.</param>
    /// <param name="say">Told, in sentences, what the user should know at the end.</param>
    /// <param name="patience">How long the end waits for the last deliveries to a server that answers. Default: 10 seconds.</param>
    /// <param name="show">Told, at the end, the page of the run that the command was about. Default: nobody is.</param>
    public TrackingConnection(Home home, MlflowOptions server, Action<string> say, TimeSpan? patience = null, Action<Uri>? show = null)
    {
        this.show = show;
        this.home = home;
        this.server = server;
        this.say = say;
        this.patience = patience ?? TimeSpan.FromSeconds(10);
    }

    /// <summary>The server.</summary>
    internal MlflowOptions Server => server;

    /// <summary>A run begins, alone or as part of another.</summary>
    internal void Open()
    {
        lock (gate)
        {
            runs++;
            shipper ??= OutboxShipper.Start(home.StateDatabase, server);
        }
    }

    /// <summary>A run is over and recorded. The last of those that are open waits for what is undelivered.</summary>
    internal async Task CloseAsync(string runId)
    {
        OutboxShipper? last;
        lock (gate)
        {
            last = --runs == 0 ? shipper : null;
            if (last is not null)
                shipper = null;
        }

        if (last is null)
            return;
        try
        {
            last.Add(runId);
            Tell(await WaitAsync(last).ConfigureAwait(false), last);
            // Of a sweep the whole ends last, and its page has those of its trials.
            if (last.PageOf(runId) is { } page)
                show?.Invoke(page);
        }
        catch (TrackingException e)
        {
            say($"tracking: {e.Message}");
        }
        finally
        {
            await last.DisposeAsync().ConfigureAwait(false);
        }
    }

    // A server that answers is given time; one that does not, one short try for all runs of the command.
    private async Task<OutboxStatus> WaitAsync(OutboxShipper last)
    {
        if (last.IsReached)
            return await last.FlushAsync(patience).ConfigureAwait(false);
        if (tried)
            return last.Status();
        tried = true;
        await last.TryNowAsync(patience < ShortTry ? patience : ShortTry).ConfigureAwait(false);
        return last.IsReached ? await last.FlushAsync(patience).ConfigureAwait(false) : last.Status();
    }

    private void Tell(OutboxStatus left, OutboxShipper last)
    {
        if (left.IsDelivered || told)
            return;
        told = true;
        if (left.Events > 0)
            say(Undelivered.Text(left, last.LastFault));
        if (left.Refused > 0)
            say(Undelivered.Text(last.Refused()));
    }
}
