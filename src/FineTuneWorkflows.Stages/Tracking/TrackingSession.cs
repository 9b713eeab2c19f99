using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Tracking.Mlflow;
using FineTuneWorkflows.Tracking.Outbox;

namespace FineTuneWorkflows.Stages.Tracking;

/// <summary>
/// Tracks a run with a server: has its journal recorded, and delivered while the run goes on. Neither holds up a stage nor fails a run. At the end what is still undelivered is said.
/// </summary>
public sealed class TrackingSession : IRunObserver, IAsyncDisposable
{
    private readonly Home home;
    private readonly MlflowOptions server;
    private readonly Action<string> say;
    private readonly TimeSpan patience;
    private readonly TrackingRecorder recorder;
    private OutboxShipper? shipper;

    /// <summary>Makes a session for one run.</summary>
    /// <param name="home">The home.</param>
    /// <param name="services">The stages' services over that home.</param>
    /// <param name="server">The tracking server.</param>
    /// <param name="say">Told, in a sentence, what the user should know at the end.</param>
    /// <param name="patience">How long the end waits for the last deliveries. Default: 10 seconds.</param>
    public TrackingSession(Home home, StageServices services, MlflowOptions server, Action<string> say, TimeSpan? patience = null)
    {
        this.home = home;
        this.server = server;
        this.say = say;
        this.patience = patience ?? TimeSpan.FromSeconds(10);
        recorder = TrackingRecorder.For(home, services, say, always: true);
    }

    /// <inheritdoc />
    public void OnEvent(RunEvent runEvent)
    {
        recorder.OnEvent(runEvent);
        if (runEvent is RunStarted or RunResumed)
            shipper ??= OutboxShipper.Start(home.StateDatabase, server);
    }

    /// <summary>Records the rest, and waits a while for its delivery.</summary>
    public async ValueTask DisposeAsync()
    {
        await recorder.DisposeAsync().ConfigureAwait(false);
        if (shipper is null)
            return;
        shipper.Notify();
        var left = await shipper.FlushAsync(patience).ConfigureAwait(false);
        if (!left.IsDelivered)
            say(Undelivered(left, shipper.LastFault));
        await shipper.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>What to say of an outbox that is not empty.</summary>
    public static string Undelivered(OutboxStatus left, string? fault) =>
        $"tracking: {left.Events} events are not delivered yet{(left.Refused > 0 ? $" and {left.Refused} were refused" : "")}{(fault is null ? "" : $" ({fault})")}; they are kept, deliver them with `finetune sync`";
}
