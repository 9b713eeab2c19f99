using FineTuneWorkflows.Foundation.Locks;
using FineTuneWorkflows.Foundation.Retries;
using FineTuneWorkflows.Tracking.Mlflow;
using FineTuneWorkflows.Tracking.Mlflow.Transport;
using FineTuneWorkflows.Tracking.Store;

namespace FineTuneWorkflows.Tracking.Outbox;

/// <summary>
/// Delivers the events of a store to a server, in the background. Of all shippers of a home, in whatever process, one works at a time; the
/// others wait for it to end or die. No fault of the server, the network or the store reaches the caller: events wait, deliveries are tried
/// again with growing pauses, and what was sent twice counts once. <see cref="LastFault"/> tells what went wrong last.
/// </summary>
public sealed class OutboxShipper : IAsyncDisposable
{
    private readonly TrackingStore _store;
    private readonly MlflowClient _client;
    private readonly ShipperOptions _options;
    private readonly OutboxQueue _queue;
    private readonly WindowDelivery _delivery;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _news = new(0, 1);
    private readonly Task _work;
    private TaskCompletionSource _turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _hurry = new(0, 1);
    private volatile Exception? _lastFault;
    private volatile bool _answered;

    private OutboxShipper(TrackingStore store, MlflowClient client, ShipperOptions options)
    {
        (_store, _client, _options) = (store, client, options);
        _queue = new OutboxQueue(store, client.Options);
        _delivery = new WindowDelivery(_queue, client, options.Mask);
        _work = Task.Run(Work);
    }

    /// <summary>Why the last attempt failed, for people; null when it did not.</summary>
    public string? LastFault => _lastFault?.Message;

    /// <summary>Whether the server has taken something and nothing went wrong since.</summary>
    public bool IsReached => _answered && _lastFault is null;

    /// <summary>Starts to deliver.</summary>
    /// <param name="path">The store, <c>state.db</c>; beside it lies the lock file <c>state.db.shipper</c>.</param>
    /// <param name="server">The server.</param>
    /// <param name="options">How to behave; null for the defaults.</param>
    /// <exception cref="TrackingException">The store cannot be opened, or a certificate file cannot be read. The server is not asked for.</exception>
    public static OutboxShipper Start(string path, MlflowOptions server, ShipperOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        return Start(path, new MlflowClient(server with { RepeatUnreached = false }), options);
    }

    /// <summary>As the other <c>Start</c>, with a client of the caller's, which the shipper closes.</summary>
    public static OutboxShipper Start(string path, MlflowClient client, ShipperOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new OutboxShipper(TrackingStore.Open(path), client, options ?? new ShipperOptions());
    }

    /// <summary>How much waits and how much was refused.</summary>
    /// <exception cref="TrackingException">The store cannot be read.</exception>
    public OutboxStatus Status() => _queue.Status();

    /// <summary>What the server would not take.</summary>
    /// <exception cref="TrackingException">The store cannot be read.</exception>
    public IReadOnlyList<RefusedEvent> Refused() => _queue.Refused();

    /// <summary>Says that the server is to be told of a run, also where another knows it already; a run that is not stored yet is no news.</summary>
    /// <exception cref="TrackingException">The store cannot be written.</exception>
    public void Add(string runId) => _queue.Add(runId);

    /// <summary>The page of a run in the server's own pages; null as long as the server does not know the run.</summary>
    /// <param name="runId">Our id of the run.</param>
    /// <exception cref="TrackingException">The store cannot be read.</exception>
    public Uri? PageOf(string runId)
    {
        ArgumentException.ThrowIfNullOrEmpty(runId);
        return ServerRuns.PageOf(_queue, _client, runId);
    }

    /// <summary>Says that events were appended; without it they are found at the next poll.</summary>
    public void Notify() => Signal(_news);

    private static void Signal(SemaphoreSlim semaphore)
    {
        try
        {
            if (semaphore.CurrentCount == 0) semaphore.Release();
        }
        catch (SemaphoreFullException)
        {
            return; // Somebody else said so at the same time.
        }
    }

    /// <summary>Waits until nothing waits any more, whichever process delivers it, or the time is up.</summary>
    /// <returns>What is left; <see cref="LastFault"/> says why.</returns>
    /// <exception cref="TrackingException">The store cannot be read.</exception>
    public async Task<OutboxStatus> FlushAsync(TimeSpan timeout, CancellationToken cancellation = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        while (!limit.IsCancellationRequested)
        {
            var turn = Volatile.Read(ref _turn).Task;
            if (_queue.IsEmpty()) break;
            Notify();
            try
            {
                await turn.WaitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                break;
            }
        }

        cancellation.ThrowIfCancellationRequested();
        return Status();
    }

    /// <summary>Has a delivery tried at once, without the pause that follows a failure, and waits for what comes of it: that all is delivered, or a fault, or that the time is up.</summary>
    /// <exception cref="TrackingException">The store cannot be read.</exception>
    public async Task TryNowAsync(TimeSpan timeout, CancellationToken cancellation = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        var before = _lastFault;
        while (!limit.IsCancellationRequested)
        {
            var turn = Volatile.Read(ref _turn).Task;
            if (_queue.IsEmpty() || (_lastFault is { } fault && !ReferenceEquals(fault, before))) return;
            Notify();
            Signal(_hurry);
            try
            {
                await turn.WaitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return; // It goes on; the caller sees what became of it in Status and LastFault.
            }
        }
    }

    /// <summary>Stops at once: a request under way is given up, and what it carried is delivered again later.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _work.ConfigureAwait(false);
        _client.Dispose();
        _store.Dispose();
        _stop.Dispose();
        _news.Dispose();
        _hurry.Dispose();
    }

    private async Task Work()
    {
        var (failures, progress) = (0, 0L);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var mine = FileLock.TryAcquire(_store.Path + ".shipper");
                if (mine is not null)
                {
                    while (await _delivery.Next(_stop.Token).ConfigureAwait(false)) (_lastFault, _answered) = (null, true);
                    _lastFault = null;
                }

                failures = 0;
                Turn();
                // The lock is kept only while delivering: a process that has nothing to do leaves it to one that has.
                await _news.WaitAsync(_options.PollInterval, _stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                break;
            }
            catch (Exception fault) // Whatever it is, the run that is being tracked goes on; the caller sees it in LastFault.
            {
                _lastFault = fault;
                Turn();
                failures = _queue.Progress > progress ? 1 : failures + 1;
                progress = _queue.Progress;
                var asked = (fault as MlflowException)?.RetryAfter;
                await Pause(new Backoff(_options.RetryDelay, _options.LongestRetryDelay).Spread(failures, asked)).ConfigureAwait(false);
            }
        }

        Turn();
    }

    private async Task Pause(TimeSpan time)
    {
        try
        {
            await _hurry.WaitAsync(time, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return; // The loop sees that it is to stop.
        }
    }

    private void Turn() =>
        Interlocked.Exchange(ref _turn, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
