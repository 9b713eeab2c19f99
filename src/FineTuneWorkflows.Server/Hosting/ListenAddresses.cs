using System.Net;
using System.Net.Sockets;

namespace FineTuneWorkflows.Server.Hosting;

/// <summary>Tries the addresses to listen on before anything is made or told: the web server itself would find out last, and say so with its whole stack.</summary>
internal static class ListenAddresses
{
    /// <summary>Makes sure that each address can be listened on.</summary>
    /// <param name="urls">The addresses, separated by <c>;</c>.</param>
    /// <exception cref="ServerException">One is no address, or it is in use, not this machine's or not allowed.</exception>
    public static void Check(string urls)
    {
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var address = Parse(url);
            // Port 0 takes any that is free.
            if (address.IsUnixPipe || address.IsNamedPipe || address.Port == 0)
                continue;
            foreach (var end in EndsOf(address))
                Try(url, end);
        }
    }

    private static BindingAddress Parse(string url)
    {
        try
        {
            return BindingAddress.Parse(url);
        }
        catch (FormatException e)
        {
            throw new ServerException($"'{url}' is no address to listen on; --urls ({ServerSettings.Urls}) takes addresses such as {ServerHost.DefaultUrl}, several separated by ';'", e);
        }
    }

    private static IEnumerable<IPEndPoint> EndsOf(BindingAddress address)
    {
        if (string.Equals(address.Host, "localhost", StringComparison.OrdinalIgnoreCase))
            return [new(IPAddress.Loopback, address.Port)];
        if (IPAddress.TryParse(address.Host, out var ip))
            return [new(ip, address.Port)];
        // As the web server does with every other name.
        return [new(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, address.Port)];
    }

    // Bound and not listened on: nobody's connection is taken and dropped.
    private static void Try(string url, IPEndPoint end)
    {
        try
        {
            using var socket = new Socket(end.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (end.Address.Equals(IPAddress.IPv6Any))
                socket.DualMode = true;
            socket.Bind(end);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied || !end.Address.Equals(IPAddress.IPv6Any))
        {
            var problem = e.SocketErrorCode == SocketError.AddressAlreadyInUse ? "it is in use" : e.Message;
            throw new ServerException($"cannot listen on {url}: {problem}. Give another address with --urls ({ServerSettings.Urls}), such as --urls http://127.0.0.1:5101", e);
        }
        catch (SocketException)
        {
            // A machine without IPv6: the web server then takes IPv4's addresses itself.
        }
    }
}
