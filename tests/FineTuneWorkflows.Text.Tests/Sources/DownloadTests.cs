using System.Security.Cryptography;
using System.Text;
using FineTuneWorkflows.Text.Sources;
using static FineTuneWorkflows.Text.Tests.Sources.FaultyServer;

namespace FineTuneWorkflows.Text.Tests.Sources;

public sealed class DownloadTests : IDisposable
{
    private static readonly byte[] Content = RandomBytes(300_000);
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Defaults_are_the_documented_ones()
    {
        var options = new DataSourceOptions();
        Assert.Equal((5, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60), 100L << 30), (options.Attempts, options.RetryDelay, options.StallTimeout, options.MaxBytes));
    }

    [Fact]
    public async Task A_file_is_downloaded_once_and_then_taken_from_the_work_folder()
    {
        await using var server = new FaultyServer(r => Serve(r, Content));
        var first = await Get(server.Address());
        Assert.Equal(Content, await File.ReadAllBytesAsync(first, TestContext.Current.CancellationToken));
        Assert.Equal("set.csv", Path.GetFileName(first));
        Assert.Equal(first, await Get(server.Address()));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_broken_download_goes_on_where_it_broke()
    {
        await using var server = new FaultyServer(
            _ => new Response(200, Content) { BreakAfter = 100_000 },
            r => Serve(r, Content) with { BreakAfter = 50_000 },
            r => Serve(r, Content));
        Assert.Equal(Content, await File.ReadAllBytesAsync(await Get(server.Address()), TestContext.Current.CancellationToken));
        Assert.Equal([null, 100_000, 150_000], server.Requests.Select(r => r.From));
    }

    [Fact]
    public async Task A_part_from_an_earlier_run_is_continued()
    {
        await using (var server = new FaultyServer(_ => new Response(200, Content) { BreakAfter = 100_000 }, _ => new Response(503, [])))
        {
            await Assert.ThrowsAsync<TextDataException>(() => Get(server.Address()));
        }
        await using (var server = new FaultyServer(r => Serve(r, Content)))
        {
            Assert.Equal(Content, await File.ReadAllBytesAsync(await Get(server.Address()), TestContext.Current.CancellationToken));
            Assert.Equal(100_000, server.Requests.Single().From);
        }
    }

    [Fact]
    public async Task A_server_that_ignores_ranges_sends_all_again()
    {
        await using var server = new FaultyServer(_ => new Response(200, Content) { BreakAfter = 100_000 }, _ => new Response(200, Content));
        Assert.Equal(Content, await File.ReadAllBytesAsync(await Get(server.Address()), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_part_of_another_content_is_thrown_away_and_all_fetched_again()
    {
        var other = RandomBytes(100_000);
        await using var server = new FaultyServer(_ => new Response(200, [.. other, .. Content]) { BreakAfter = 100_000 }, r => Serve(r, Content));
        Assert.Equal(Content, await File.ReadAllBytesAsync(await Get(server.Address()), TestContext.Current.CancellationToken));
        Assert.Equal([null, 100_000, null], server.Requests.Select(r => r.From));
    }

    [Fact]
    public async Task A_part_longer_than_the_file_is_thrown_away_and_all_fetched_again()
    {
        await using var server = new FaultyServer(_ => new Response(200, [.. Content, .. Content]) { BreakAfter = 400_000 }, r => Serve(r, Content));
        Assert.Equal(Content, await File.ReadAllBytesAsync(await Get(server.Address()), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Two_server_errors_are_survived()
    {
        await using var server = new FaultyServer(_ => new Response(500, []), _ => new Response(500, "sorry"u8.ToArray()), r => Serve(r, Content));
        Assert.Equal(Content, await File.ReadAllBytesAsync(await Get(server.Address()), TestContext.Current.CancellationToken));
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_server_that_stops_sending_is_left_and_asked_again()
    {
        await using var server = new FaultyServer(_ => new Response(200, Content) { BreakAfter = 10_000, Hang = true }, r => Serve(r, Content));
        Assert.Equal(Content,
            await File.ReadAllBytesAsync(await Get(server.Address(), TimeSpan.FromMilliseconds(300)), TestContext.Current.CancellationToken));
        Assert.Equal([null, 10_000], server.Requests.Select(r => r.From));
    }

    [Fact]
    public async Task Errors_that_do_not_stop_end_after_the_stated_number_of_tries()
    {
        await using var server = new FaultyServer(_ => new Response(502, []));
        var error = await Assert.ThrowsAsync<TextDataException>(() => Get(server.Address()));
        Assert.Contains("failed 3 times in a row without getting on, last: the server answered 502", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, server.Requests.Count);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(401)]
    [InlineData(403)]
    public async Task Errors_that_will_not_go_away_are_not_tried_again(int status)
    {
        await using var server = new FaultyServer(_ => new Response(status, []));
        var error = await Assert.ThrowsAsync<TextDataException>(() => Get(server.Address()));
        Assert.Contains($"the server answered {status}", error.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_wrong_digest_names_both_digests_and_deletes_the_file()
    {
        var wrong = RandomBytes(1000);
        await using var server = new FaultyServer(r => Serve(r, wrong));
        var error = await Assert.ThrowsAsync<TextDataException>(() => Get(server.Address()));
        Assert.Contains(Digest(wrong), error.Message, StringComparison.Ordinal);
        Assert.Contains("expected " + Digest(Content), error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_temp.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_stored_file_that_was_damaged_is_fetched_again()
    {
        await using var server = new FaultyServer(r => Serve(r, Content));
        var path = await Get(server.Address());
        await File.WriteAllTextAsync(path, "damaged", TestContext.Current.CancellationToken);
        Assert.Equal(Content, await File.ReadAllBytesAsync(await Get(server.Address()), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_download_without_a_length_that_breaks_is_tried_again_and_one_that_is_whole_is_taken()
    {
        await using var server = new FaultyServer(_ => new Response(200, Content) { WithoutLength = true, BreakAfter = 100_000 }, _ => new Response(200, Content) { WithoutLength = true });
        Assert.Equal(Content, await File.ReadAllBytesAsync(await Get(server.Address()), TestContext.Current.CancellationToken));
        Assert.Equal([null, null], server.Requests.Select(r => r.From));
        await using var broken = new FaultyServer(_ => new Response(200, Content) { WithoutLength = true, BreakAfter = 100_000 });
        var error = await Fails(broken.Address("/data/other.csv"), Options());
        Assert.Contains("or the connection broke, which cannot be told as the server does not say how long the file is", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_download_that_is_longer_than_the_limit_is_left(bool withoutLength)
    {
        await using var server = new FaultyServer(_ => new Response(200, Content) { WithoutLength = withoutLength });
        var error = await Fails(server.Address(), Options() with { MaxBytes = 1 << 18 });
        Assert.Contains("the file is longer than 0 GB, which is the limit of a download", error.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
        Assert.All(Directory.EnumerateFiles(_temp.Path, "*", SearchOption.AllDirectories), f => Assert.Equal(0, new FileInfo(f).Length));
    }

    [Theory]
    [InlineData("http://")]
    [InlineData("//")]
    [InlineData("http://[::1")]
    [InlineData("http://a b/")]
    public async Task A_redirect_to_what_is_no_address_is_an_error_that_says_so(string location)
    {
        await using var server = new FaultyServer(_ => new Response(302, []) { Headers = $"Location: {location}\r\n" });
        Assert.Matches("the server (answered 302|redirects to an address that is not http or https)", (await Fails(server.Address(), Options())).Message);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Without_a_pin_the_error_tells_how_to_pin()
    {
        var error = await Fails("https://example.org/set.csv", new DataSourceOptions { WorkFolder = _temp.Path });
        Assert.Contains("sha256sum", error.Message, StringComparison.Ordinal);
        error = await Fails("https://example.org/set.csv", new DataSourceOptions { WorkFolder = _temp.Path, Sha256 = "abc" });
        Assert.Contains("64 hexadecimal digits", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credentials_are_sent_to_the_server_and_appear_in_no_message()
    {
        var seen = new List<string>();
        await using var server = new FaultyServer(_ => new Response(503, []), _ => new Response(200, [1, 2, 3]), _ => new Response(404, []));
        var address = server.Address("/data/set.csv?token=s3cret", "me:pa%40ss@");
        for (var i = 0; i < 2; i++) seen.Add((await Assert.ThrowsAsync<TextDataException>(() => Get(address))).ToString());
        seen.Add((await Fails(address, new DataSourceOptions())).ToString());
        Assert.All(seen, text =>
        {
            Assert.DoesNotContain("pa%40ss", text, StringComparison.Ordinal);
            Assert.DoesNotContain("pa@ss", text, StringComparison.Ordinal);
            Assert.DoesNotContain("me:", text, StringComparison.Ordinal);
            Assert.DoesNotContain("s3cret", text, StringComparison.Ordinal);
            Assert.Contains("/data/set.csv?...", text, StringComparison.Ordinal);
        });
        Assert.All(server.Requests, r => Assert.Equal("Basic " + Convert.ToBase64String("me:pa@ss"u8), r.Headers["Authorization"]));
    }

    [Fact]
    public async Task A_port_where_nobody_answers_is_an_error_that_says_so()
    {
        int port;
        await using (var server = new FaultyServer(r => Serve(r, Content))) port = server.Port;
        var error = await Assert.ThrowsAsync<TextDataException>(() => Get($"http://127.0.0.1:{port}/set.csv"));
        Assert.Contains("no connection to the host", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancellation_keeps_the_part()
    {
        using var cancel = new CancellationTokenSource();
        await using var server = new FaultyServer(_ => new Response(200, RandomBytes(3_000_000)) { BreakAfter = 2_500_000, Hang = true });
        var progress = new CancelOnReport(cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => DataSource.DownloadAsync(server.Address(), Options(), null, progress, cancel.Token));
        Assert.InRange(new FileInfo(Directory.EnumerateFiles(_temp.Path, "*.part", SearchOption.AllDirectories).Single()).Length, 1 << 20, 2_500_000);
    }

    [Fact]
    public async Task A_work_folder_that_cannot_be_made_is_an_error_that_names_it()
    {
        await using var server = new FaultyServer(r => Serve(r, Content));
        var file = _temp.Write("file", "x");
        var error = await Fails(server.Address(), Options() with { WorkFolder = file });
        Assert.Equal(file, error.File);
    }

    private async Task<string> Get(string address, TimeSpan? stall = null)
    {
        var options = Options();
        if (stall is { } timeout) options = options with { StallTimeout = timeout };
        return await DataSource.DownloadAsync(address, options, cancellationToken: TestContext.Current.CancellationToken);
    }

    private static Task<TextDataException> Fails(string location, DataSourceOptions options) => Assert.ThrowsAsync<TextDataException>(
        () => DataSource.DownloadAsync(location, options, cancellationToken: TestContext.Current.CancellationToken));

    private DataSourceOptions Options() =>
        new() { Sha256 = Digest(Content).ToUpperInvariant(), WorkFolder = _temp.Path, Attempts = 3, RetryDelay = TimeSpan.FromMilliseconds(1) };

    private static string Digest(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    private sealed class CancelOnReport(CancellationTokenSource cancel) : IProgress<TextProgress>
    {
        public void Report(TextProgress value) => cancel.Cancel();
    }
}
