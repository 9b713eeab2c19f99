using System.Net;
using System.Net.Sockets;

namespace FineTuneWorkflows.Server.Security.Login;

/// <summary>
/// Bounds how often somebody may guess a password: a few failures from one address, for whichever accounts, and some more for an account from everywhere. Whoever logged in from an address before is not
/// shut out by others' failures from elsewhere. Kept in memory only: checking a password costs far more than waiting for a restart.
/// </summary>
internal sealed class LoginAttempts(TimeProvider time)
{
    /// <summary>Failures from one address within <see cref="Window"/>.</summary>
    public const int MostPerAddress = 5;

    /// <summary>Failures for one account from all addresses within <see cref="Window"/>.</summary>
    public const int MostPerAccount = 30;

    /// <summary>How long a failure counts.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    // What an attacker with many addresses can make us remember.
    private const int MostKept = 10_000;

    private readonly Dictionary<string, Queue<DateTimeOffset>> byAddress = [];
    private readonly Dictionary<string, Queue<DateTimeOffset>> byAccount = new(StringComparer.Ordinal);
    private readonly HashSet<(string Account, string Address)> known = [];
    private readonly Lock gate = new();

    /// <summary>Counts an attempt as a failure until it is told to have succeeded, so that many at once are counted, too.</summary>
    /// <returns>Null where it may be made, else how long to wait.</returns>
    public TimeSpan? Enter(string account, IPAddress? address)
    {
        var network = Network(address);
        var place = (account, network);
        lock (gate)
        {
            var now = time.GetUtcNow();
            Forget(now);
            if (byAddress.Count >= MostKept && !byAddress.ContainsKey(network) && !known.Contains(place))
                return Window;
            var here = Of(byAddress, network);
            var everywhere = Of(byAccount, account);
            if (here.Count >= MostPerAddress)
                return here.Peek() + Window - now;
            if (everywhere.Count >= MostPerAccount && !known.Contains(place))
                return everywhere.Peek() + Window - now;
            here.Enqueue(now);
            everywhere.Enqueue(now);
            return null;
        }
    }

    /// <summary>The attempt succeeded: the failures from there are forgiven.</summary>
    public void Succeeded(string account, IPAddress? address)
    {
        var network = Network(address);
        lock (gate)
        {
            byAddress.Remove(network);
            if (known.Count < MostKept)
                known.Add((account, network));
        }
    }

    // Somebody who has one IPv6 address has all of its network of 64 bits.
    private static string Network(IPAddress? address)
    {
        if (address is null)
            return "";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)) : address.ToString();
    }

    private static Queue<DateTimeOffset> Of<TKey>(Dictionary<TKey, Queue<DateTimeOffset>> all, TKey key)
        where TKey : notnull
    {
        if (!all.TryGetValue(key, out var times))
            all[key] = times = [];
        return times;
    }

    private void Forget(DateTimeOffset now)
    {
        Forget(byAddress, now - Window);
        Forget(byAccount, now - Window);
    }

    private static void Forget<TKey>(Dictionary<TKey, Queue<DateTimeOffset>> all, DateTimeOffset before)
        where TKey : notnull
    {
        foreach (var (key, times) in all)
        {
            while (times.TryPeek(out var oldest) && oldest <= before)
                times.Dequeue();
            if (times.Count == 0)
                all.Remove(key);
        }
    }
}
