using System.Globalization;
using FineTuneWorkflows.Server.Data;

namespace FineTuneWorkflows.Server.Security.Sessions;

/// <summary>
/// Ends sessions before their time. A log-in token is signed and not stored, so what is kept is from when on tokens hold; logging out and a new password set it. All servers of one database see it.
/// </summary>
internal sealed class SessionStore(ServerDatabase database, TimeProvider time)
{
    // The designer asks the API several times a second; another server's log-out may take this long to be seen.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    // Replaced as a whole: requests read it from many threads.
    private volatile Ended? last;

    /// <summary>Ends all sessions of the user. Tokens tell their time in whole seconds, so it returns when the second is over: a log-in after it is a new session.</summary>
    public async Task EndAllAsync(string user, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await database.ExecuteAsync(
            "INSERT INTO finetune_sessions (user_name, ended) VALUES (@user, @now) ON CONFLICT (user_name) DO UPDATE SET ended = @now", [("user", user), ("now", now.Text())], cancellationToken)
            .ConfigureAwait(false);
        last = new(now, now);
        await Task.Delay(TimeSpan.FromMilliseconds(1000 - now.Millisecond), time, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether a token that was issued then still holds.</summary>
    public async Task<bool> HoldsAsync(string user, DateTimeOffset issued, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (last is not { } known || now - known.Read > Fresh)
        {
            var ended = await database.QueryAsync("SELECT ended FROM finetune_sessions WHERE user_name = @user", [("user", user)], reader => reader.GetString(0), cancellationToken).ConfigureAwait(false);
            last = known = new(now, ended.Count == 0 ? null : DateTimeOffset.Parse(ended[0], CultureInfo.InvariantCulture));
        }

        return known.At is not { } end || issued.ToUnixTimeSeconds() > end.ToUnixTimeSeconds();
    }

    // When the tables were asked, and when all sessions were ended; null where they never were.
    private sealed record Ended(DateTimeOffset Read, DateTimeOffset? At);
}
