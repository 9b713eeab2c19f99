using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Stages.Tracking;

/// <summary>
/// Tracks a run with a server: has its journal recorded, and delivered while the run goes on. Neither holds up a stage nor fails a run. At the end what is still undelivered is said.
/// </summary>
public sealed class TrackingSession : IRunObserver, IAsyncDisposable
{
    private readonly TrackingConnection connection;
    private readonly TrackingRecorder recorder;
    private string? runId;

    /// <summary>Makes a session for one run.</summary>
    /// <param name="home">The home.</param>
    /// <param name="services">The stages' services over that home.</param>
    /// <param name="connection">The server, as the command knows it.</param>
    /// <param name="say">Told, in a sentence, what could not be recorded.</param>
    public TrackingSession(Home home, StageServices services, TrackingConnection connection, Action<string> say)
    {
        this.connection = connection;
        recorder = TrackingRecorder.For(home, services, say, always: true);
    }

    /// <inheritdoc />
    public void OnEvent(RunEvent runEvent)
    {
        recorder.OnEvent(runEvent);
        var begun = runEvent switch { RunStarted started => started.RunId, RunResumed resumed => resumed.RunId, _ => null };
        if (begun is null || runId is not null)
            return;
        runId = begun;
        connection.Open();
    }

    /// <summary>Records the rest, and waits a while for its delivery.</summary>
    public async ValueTask DisposeAsync()
    {
        await recorder.DisposeAsync().ConfigureAwait(false);
        if (runId is not null)
            await connection.CloseAsync(runId).ConfigureAwait(false);
    }
}
