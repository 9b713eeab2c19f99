using FineTuneWorkflows.Tracking.Mlflow;

namespace FineTuneWorkflows.Tracking.Registry;

/// <summary>
/// The registered models of the tracking server that a team shares. It is asked shortly: a server that does not answer is not asked again by the same object.
/// </summary>
/// <param name="server">The server; null where none is set.</param>
public sealed class SharedRegistry(Func<MlflowOptions?> server)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private string? _fault;

    /// <summary>Finds the version that an alias points to on the server. A fault of the server is part of the answer, not an exception.</summary>
    /// <returns>Null where no server is set.</returns>
    public async Task<SharedChampion?> FindChampionAsync(string name, string alias, CancellationToken cancellation)
    {
        if (server() is not { } options) return null;
        if (_fault is { } known) return new(options.Address, null, known);
        try
        {
            using var client = new MlflowClient(options with { Timeout = options.Timeout < Patience ? options.Timeout : Patience, Retries = 0 });
            return new(options.Address, await SharedVersions.FindAliasAsync(client, name, alias, cancellation).ConfigureAwait(false));
        }
        catch (TrackingException fault)
        {
            _fault = fault.Message;
            return new(options.Address, null, fault.Message);
        }
    }
}
