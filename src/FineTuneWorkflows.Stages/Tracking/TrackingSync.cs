using System.Globalization;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Tracking.Mlflow;
using FineTuneWorkflows.Tracking.Outbox;

namespace FineTuneWorkflows.Stages.Tracking;

/// <summary>Delivers what a server has yet to be told of a home's runs, and does what the user wants about what it would not take.</summary>
/// <param name="home">The home.</param>
/// <param name="services">The stages' services over that home.</param>
/// <param name="server">The server.</param>
public sealed class TrackingSync(Home home, StageServices services, MlflowOptions server)
{
    /// <summary>Does it.</summary>
    /// <param name="all">Whether the server is to be told of all runs, those included that another server was told of.</param>
    /// <param name="refused">What is done about events that it would not take.</param>
    /// <param name="timeout">How long the deliveries may take; what is left stays for the next time.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Whether nothing is left, and what to say, a line or more.</returns>
    /// <exception cref="FineTuneWorkflows.Tracking.TrackingException">The store cannot be read or written, or a server refuses what the user wants.</exception>
    public async Task<(bool Delivered, string Message)> RunAsync(bool all, RefusedWish refused, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var said = new JournalImporter(home, services.Store).ImportAll(cancellationToken).Select(problem => $"warning: {problem}").ToList();
        var queue = new OutboxQueue(services.Store, server);
        if (all && queue.AddAll() is > 0 and var partly)
            said.Add(string.Create(CultureInfo.InvariantCulture, $"warning: {partly} runs arrive in part only: an earlier version did not keep what it had delivered. Move {services.Store.Path} away and `finetune sync` again: everything is read from the journals then"));
        said.AddRange(await WishAsync(queue, refused, cancellationToken).ConfigureAwait(false));
        await using var shipper = OutboxShipper.Start(home.StateDatabase, server);
        var before = shipper.Status();
        var left = await shipper.FlushAsync(timeout, cancellationToken).ConfigureAwait(false);
        said.Add(left.Events == 0
            ? string.Create(CultureInfo.InvariantCulture, $"Delivered {before.Events} events, {before.Metrics} values of metrics among them, to {server}.")
            : Undelivered.Text(left, shipper.LastFault));
        if (left.Refused > 0)
            said.Add(Undelivered.Text(shipper.Refused()));
        return (left.IsDelivered, string.Join('\n', said));
    }

    private async Task<IReadOnlyList<string>> WishAsync(OutboxQueue queue, RefusedWish refused, CancellationToken cancellationToken)
    {
        using var client = new MlflowClient(server);
        var repair = new OutboxRepair(services.Store, client);
        return refused switch
        {
            RefusedWish.Retry => Said(queue.RetryRefused(), "events are tried again"),
            RefusedWish.Discard => Said(queue.DiscardRefused(), "events are given up; what is kept here stays"),
            RefusedWish.Restore => await repair.RestoreAsync(cancellationToken).ConfigureAwait(false),
            RefusedWish.Recreate => await repair.RecreateAsync(cancellationToken).ConfigureAwait(false),
            _ => [],
        };
    }

    private static string[] Said(long events, string what) => events == 0 ? [] : [string.Create(CultureInfo.InvariantCulture, $"{events} {what}")];
}
