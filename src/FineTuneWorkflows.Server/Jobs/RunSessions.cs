using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Server.Observability;
using FineTuneWorkflows.Server.Runs;
using FineTuneWorkflows.Stages.Tracking;

namespace FineTuneWorkflows.Server.Jobs;

/// <summary>The open journals of runs. Stages of one run that run at once share one.</summary>
internal sealed class RunSessions(Home home, RunTracking tracking, RunDefinitions definitions, TimeProvider time, ILogger<RunSessions> logger)
{
    private readonly Dictionary<string, Shared> open = new(StringComparer.Ordinal);
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    /// <summary>Opens the session of a job's run.</summary>
    /// <param name="request">The job.</param>
    /// <param name="own">Is told what happens in the run while this session is held.</param>
    public Lease Open(StageJobRequest request, IRunObserver? own)
    {
        lock (gate)
        {
            if (!open.TryGetValue(request.RunId, out var shared))
            {
                var relay = new Relay();
                var surroundings = new RunSurroundings(home, logger.TrackingFailed, cancellation => definitions.JsonAsync(request, cancellation));
                var session = RunSession.Open(
                    home, request.RunId, request.DefinitionId, request.DefinitionName, request.Properties.ToDictionary(p => p.Key, p => (object?)p.Value.ToString()),
                    [tracking.Of(request.RunId), surroundings, relay], resumed: seen.Add(request.RunId), time);
                open[request.RunId] = shared = new(session, relay, surroundings);
            }

            shared.Holders++;
            if (own is not null)
                shared.Relay.Add(own);
            return new(this, shared, own);
        }
    }

    internal sealed class Lease(RunSessions sessions, Shared shared, IRunObserver? own) : IAsyncDisposable
    {
        public RunSession Run => shared.Session;

        public async ValueTask DisposeAsync()
        {
            if (LetGo())
                await shared.Surroundings.DisposeAsync().ConfigureAwait(false);
        }

        private bool LetGo()
        {
            lock (sessions.gate)
            {
                if (own is not null)
                    shared.Relay.Remove(own);
                if (--shared.Holders > 0)
                    return false;
                sessions.open.Remove(shared.Session.RunId);
                shared.Session.Dispose();
                return true;
            }
        }
    }

    internal sealed class Shared(RunSession session, Relay relay, RunSurroundings surroundings)
    {
        public RunSession Session { get; } = session;

        public Relay Relay { get; } = relay;

        public RunSurroundings Surroundings { get; } = surroundings;

        public int Holders { get; set; }
    }

    /// <summary>Tells those who listen at the moment.</summary>
    internal sealed class Relay : IRunObserver
    {
        private readonly List<IRunObserver> listening = [];
        private readonly Lock gate = new();

        public void Add(IRunObserver observer)
        {
            lock (gate)
                listening.Add(observer);
        }

        public void Remove(IRunObserver observer)
        {
            lock (gate)
                listening.Remove(observer);
        }

        public void OnEvent(RunEvent runEvent)
        {
            IRunObserver[] told;
            lock (gate)
                told = [.. listening];
            foreach (var observer in told)
                observer.OnEvent(runEvent);
        }
    }
}
