using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FineTuneWorkflows.Server.Hosting;
using FineTuneWorkflows.Server.Tests.Support;

namespace FineTuneWorkflows.Server.Tests.Hosting;

public class ListenAddressesTests
{
    [Fact]
    public async Task A_port_in_use_is_one_plain_line_before_any_secret_is_told()
    {
        using var folder = new TestFolder();
        using var other = Listener();
        var url = $"http://127.0.0.1:{Port(other)}";
        using var process = Process.Start(new ProcessStartInfo(
            "dotnet", ["exec", Repository.ServerProgram, "--home", folder.Home, "--workflows", folder.Workflows, "--urls", url])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder.Path,
        })!;

        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(2, process.ExitCode);
        Assert.Equal($"cannot listen on {url}: it is in use. Give another address with --urls (FINETUNE_URLS), such as --urls http://127.0.0.1:5101", (await errors).TrimEnd());
        Assert.Equal("", await output);
    }

    [Theory]
    [InlineData("http://127.0.0.1:0;http://localhost:PORT")]
    [InlineData("http://0.0.0.0:PORT")]
    [InlineData("http://*:PORT")]
    public void An_address_that_overlaps_one_in_use_is_refused(string urls)
    {
        using var other = Listener();

        var error = Assert.Throws<ServerException>(() => ListenAddresses.Check(urls.Replace("PORT", $"{Port(other)}", StringComparison.Ordinal)));

        Assert.Contains($":{Port(other)}: it is in use", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:5100", "'127.0.0.1:5100' is no address to listen on")]
    [InlineData("http://192.0.2.7:5100", "cannot listen on http://192.0.2.7:5100: ")]
    public void An_address_that_is_none_or_not_this_machines_is_refused(string url, string problem)
    {
        var error = Assert.Throws<ServerException>(() => ListenAddresses.Check(url));

        Assert.StartsWith(problem, error.Message, StringComparison.Ordinal);
        Assert.Contains("--urls (FINETUNE_URLS)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_that_was_tried_is_free_for_the_web_server()
    {
        int port;
        using (var other = Listener())
            port = Port(other);

        ListenAddresses.Check($"http://127.0.0.1:{port};http://127.0.0.1:0");

        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
    }

    private static TcpListener Listener()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static int Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;
}
