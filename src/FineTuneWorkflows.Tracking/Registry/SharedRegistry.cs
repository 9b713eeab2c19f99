using FineTuneWorkflows.Tracking.Mlflow;

namespace FineTuneWorkflows.Tracking.Registry;

/// <summary>
/// The registered models of the tracking server that a team shares. It is asked with a short time-out: a server that did not answer is not asked again for a minute, so that a sweep does not wait for it
/// after every trial.
/// </summary>
/// <param name="server">The server; null where none is set.</param>
/// <param name="time">The clock. Default: the system's.</param>
public sealed class SharedRegistry(Func<MlflowOptions?> server, TimeProvider? time = null)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3), Pause = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private volatile Fault? _last;

    /// <summary>Finds the version that an alias points to on the server. A fault of the server is part of the answer, not an exception.</summary>
    /// <returns>Null where no server is set.</returns>
    public async Task<SharedChampion?> FindChampionAsync(string name, string alias, CancellationToken cancellation)
    {
        if (server() is not { } options) return null;
        if (_last is { } known && _time.GetUtcNow() < known.Until) return new(options.Address, null, known.Message);
        try
        {
            using var client = new MlflowClient(options with { Timeout = options.Timeout < Patience ? options.Timeout : Patience, Retries = 0 });
            return new(options.Address, await SharedVersions.FindAliasAsync(client, name, alias, cancellation).ConfigureAwait(false));
        }
        catch (TrackingException fault)
        {
            _last = new(fault.Message, _time.GetUtcNow() + Pause);
            return new(options.Address, null, fault.Message);
        }
    }

    private sealed record Fault(string Message, DateTimeOffset Until);
}
