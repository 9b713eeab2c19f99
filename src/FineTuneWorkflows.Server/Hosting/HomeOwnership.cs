using FineTuneWorkflows.Server.Data;

namespace FineTuneWorkflows.Server.Hosting;

/// <summary>
/// Keeps servers of separate homes off one PostgreSQL: the queue is one for all, and a stage would look in vain for what another home's server made. The first server writes its home's id into the
/// database; any other home is refused.
/// </summary>
internal sealed class HomeOwnership(ServerDatabase database, ServerOptions options)
{
    /// <summary>Takes the database for this home, or makes sure that it is this home's.</summary>
    /// <exception cref="ServerException">The database belongs to another home.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (!database.IsPostgreSql)
            return;
        if (options.ReplacesHome)
            await SaveAsync("DO UPDATE SET home_id = @home, place = @place", cancellationToken).ConfigureAwait(false);
        else
            await SaveAsync("DO NOTHING", cancellationToken).ConfigureAwait(false);
        var (id, place) = (await database.QueryAsync("SELECT home_id, place FROM finetune_home WHERE one = 1", [], r => (r.GetString(0), r.GetString(1)), cancellationToken).ConfigureAwait(false)).Single();
        if (id != options.Home.Id)
            throw new ServerException(
                $"this PostgreSQL database belongs to the home {place}, and this server's home {options.Home.Root} is another: its stages would not find what the other's made. "
                + "Give all servers on one database one shared home with --home (FINETUNE_HOME), or this one a database of its own with --postgresql; "
                + "where that home is gone for good, start once with --replace-home true");
    }

    private Task SaveAsync(string conflict, CancellationToken cancellationToken) => database.ExecuteAsync(
        $"INSERT INTO finetune_home (one, home_id, place) VALUES (1, @home, @place) ON CONFLICT (one) {conflict}",
        [("home", options.Home.Id), ("place", $"{options.Home.Root} of {Environment.MachineName}")], cancellationToken);
}
