using System.Text;
using FineTuneWorkflows.Text.Sources.Hub;
using static FineTuneWorkflows.Text.Tests.Sources.FaultyServer;

namespace FineTuneWorkflows.Text.Tests.Sources;

public sealed class HuggingFaceHubTests : IAsyncDisposable
{
    private const string Reference = "hf://owner/name";

    private readonly TempFolder _temp = new();
    private readonly HubServer _server = new();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _temp.Dispose();
    }

    [Theory]
    [InlineData("hf://owner/name", "owner/name", "main")]
    [InlineData("hf://gpt2", "gpt2", "main")]
    [InlineData("HF://a/b@v1.0", "a/b", "v1.0")]
    [InlineData("hf://a/b@refs/pr/3", "a/b", "refs/pr/3")]
    public void A_reference_names_a_repository_and_perhaps_a_revision(string text, string repository, string revision) =>
        Assert.Equal(new HubReference(repository, revision), HubReference.Parse(text));

    [Theory]
    [InlineData("hf://")]
    [InlineData("hf://a/b/c")]
    [InlineData("hf://../b")]
    [InlineData("hf://a/b@")]
    [InlineData("hf://a/b@../../x")]
    [InlineData("hf://a b/c")]
    [InlineData("owner/name")]
    public void What_is_no_reference_is_refused_with_an_example(string text) =>
        Assert.Contains("write hf://owner/name", Assert.Throws<TextDataException>(() => HubReference.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task The_needed_files_and_no_others_come_from_wherever_they_lie()
    {
        var folder = await Fetch();
        Assert.Equal(["README.md", "config.json", "model.safetensors", "vocab.txt"], Directory.GetFiles(folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        foreach (var file in Directory.GetFiles(folder)) Assert.Equal(_server.Files[Path.GetFileName(file)], await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal(HubServer.Commit, Path.GetFileName(folder));
        Assert.Equal(HubServer.Commit, await Hub().ResolveAsync(Reference, _temp.Path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_token_goes_to_the_hub_and_to_no_other_host()
    {
        await Fetch();
        Assert.All(_server.HubRequests, r => Assert.Equal("Bearer hf_secret", r.Headers["Authorization"]));
        Assert.NotEmpty(_server.StoreRequests);
        Assert.All(_server.StoreRequests, r => Assert.False(r.Headers.ContainsKey("Authorization")));
    }

    [Fact]
    public async Task A_model_in_the_cache_is_not_downloaded_again_and_its_commit_needs_no_network()
    {
        var first = await Fetch();
        var (asked, stored) = (_server.HubRequests.Count(), _server.StoreRequests.Count());
        Assert.Equal(first, await Fetch());
        // Only the branch was asked for.
        Assert.Equal((asked + 1, stored), (_server.HubRequests.Count(), _server.StoreRequests.Count()));
        Assert.Equal(first, await Fetch($"{Reference}@{HubServer.Commit}"));
        Assert.Equal(asked + 1, _server.HubRequests.Count());
    }

    [Fact]
    public async Task Without_an_answer_or_offline_the_commit_in_the_cache_serves()
    {
        var first = await Fetch();
        var gone = new HubOptions { Endpoint = "http://127.0.0.1:9", Attempts = 2, RetryDelay = TimeSpan.Zero };
        Assert.Equal(first, await Fetch(options: gone));
        Assert.Equal(first, await Fetch(options: gone with { Offline = true }));
        Assert.Contains("tried 2 times", await Fails("hf://owner/other", gone), StringComparison.Ordinal);
        Assert.Contains("HF_HUB_OFFLINE", await Fails("hf://owner/other", gone with { Offline = true }), StringComparison.Ordinal);
        Assert.Contains("does not hold the whole model", await Fails($"{Reference}@{HubServer.Later}", gone with { Offline = true }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_later_commit_downloads_only_what_changed()
    {
        await Fetch();
        var stored = _server.StoreRequests.Count();
        _server.Main = HubServer.Later;
        _server.Files["config.json"] = "{\"x\":1}"u8.ToArray();
        var folder = await Fetch();
        Assert.Equal(HubServer.Later, Path.GetFileName(folder));
        Assert.Equal("{\"x\":1}", await File.ReadAllTextAsync(Path.Combine(folder, "config.json"), TestContext.Current.CancellationToken));
        Assert.Equal(_server.Files["model.safetensors"], await File.ReadAllBytesAsync(Path.Combine(folder, "model.safetensors"), TestContext.Current.CancellationToken));
        Assert.Equal(stored, _server.StoreRequests.Count());
    }

    [Fact]
    public async Task A_broken_download_goes_on_where_it_broke_in_this_run_or_the_next()
    {
        var broken = 0;
        _server.Store = (r, content) => broken++ < 1 ? Serve(r, content) with { BreakAfter = 70_000 } : broken < 4 ? new Response(503, []) : Serve(r, content);
        Assert.Contains("503", await Fails(Reference, Options() with { Attempts = 2 }), StringComparison.Ordinal);
        var folder = await Fetch();
        Assert.Equal(_server.Files["model.safetensors"], await File.ReadAllBytesAsync(Path.Combine(folder, "model.safetensors"), TestContext.Current.CancellationToken));
        Assert.Equal(70_000, _server.StoreRequests.Last().From);
    }

    [Fact]
    public async Task Content_that_is_not_what_the_hub_names_is_deleted_and_said_without_the_signature()
    {
        _server.Store = (_, content) => new Response(200, new byte[content.Length]);
        var message = await Fails(Reference);
        Assert.Contains("the downloaded model.safetensors is not what the hub names", message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", message, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetFiles(_temp.Path, "*", SearchOption.AllDirectories), f => f.EndsWith(".part", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Shards_are_those_that_the_index_names_and_none_leads_out_of_the_folder()
    {
        _server.Files.Remove("model.safetensors");
        _server.Files["model-1.safetensors"] = [1, 2, 3];
        _server.Files["model-2.safetensors"] = [4];
        _server.Files["consolidated.safetensors"] = [5];
        _server.Files["model.safetensors.index.json"] = """{"weight_map":{"a":"model-2.safetensors","b":"model-1.safetensors","c":"model-1.safetensors"}}"""u8.ToArray();
        var folder = await Fetch();
        Assert.Equal(["model-1.safetensors", "model-2.safetensors"], Directory.GetFiles(folder, "*.safetensors").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));

        _server.Main = HubServer.Later;
        _server.Files["../../out.safetensors"] = [6];
        _server.Files["model.safetensors.index.json"] = """{"weight_map":{"a":"../../out.safetensors"}}"""u8.ToArray();
        Assert.Contains("names '../../out.safetensors'", await Fails(Reference), StringComparison.Ordinal);
        _server.Files["model.safetensors.index.json"] = "[]"u8.ToArray();
        Assert.Contains("no 'weight_map'", await Fails(Reference), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pytorch_model.bin", "a pickle only (pytorch_model.bin)")]
    [InlineData("notes.txt", "has no weights")]
    public async Task A_model_without_safetensors_is_refused_with_the_way_to_convert_it(string file, string reason)
    {
        _server.Files.Remove("model.safetensors");
        _server.Files.Remove("notes.txt");
        _server.Files[file] = [1];
        Assert.Contains(reason, await Fails(Reference), StringComparison.Ordinal);
        Assert.DoesNotContain(_server.Fetched, f => f.EndsWith(".bin", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(401, "RepoNotFound", "there is no such model, or it is private: the token in HF_TOKEN may not read it")]
    [InlineData(401, "GatedRepo", "is gated: accept its conditions at ")]
    [InlineData(403, "", "is gated: accept its conditions at ")]
    [InlineData(404, "RepoNotFound", "there is no such model or revision on 127.0.0.1")]
    [InlineData(404, "RevisionNotFound", "the model has no revision 'main'")]
    [InlineData(418, "", "the hub answered 418")]
    [InlineData(500, "", "tried 2 times, last: the server answered 500")]
    public async Task A_refusal_says_what_to_do_and_never_the_token(int status, string code, string reason)
    {
        _server.Instead = _ => HubServer.Refusal(status, code);
        var message = await Fails(Reference, Options() with { Attempts = 2 });
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.DoesNotContain("hf_secret", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_is_no_such_API_s_is_an_error()
    {
        foreach (var body in new[] { "<html>", "{}", "{\"sha\":\"main\",\"siblings\":[]}" })
        {
            _server.Instead = _ => new Response(200, Encoding.UTF8.GetBytes(body));
            Assert.Contains("the hub's answer", await Fails(Reference), StringComparison.Ordinal);
        }
        _server.Instead = r => new Response(302, []) { Headers = "Location: /again\r\n" };
        Assert.Contains("more than 10 times", await Fails(Reference), StringComparison.Ordinal);
        Assert.Contains("HF_ENDPOINT", Assert.Throws<TextDataException>(() => new HuggingFaceHub(new HubOptions { Endpoint = "hub" })).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://")]
    [InlineData("//")]
    [InlineData("http://[::1")]
    public async Task A_reference_to_what_is_no_address_is_an_error_that_says_so(string location)
    {
        _server.Instead = _ => new Response(302, []) { Headers = $"Location: {location}\r\n" };
        Assert.Contains("the hub refers to a place whose address is not valid", await Fails(Reference), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_busy_hub_is_asked_again()
    {
        var asked = 0;
        _server.Instead = _ => asked++ < 2 ? new Response(429, []) : null;
        Assert.True(File.Exists(Path.Combine(await Fetch(), "config.json")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_model_card_comes_along_unless_it_is_huge_or_missing(bool tellsSizes)
    {
        _server.TellsSizes = tellsSizes;
        Assert.Equal("---\nlicense: mit\n---\n", await File.ReadAllTextAsync(Path.Combine(await Fetch(), "README.md"), TestContext.Current.CancellationToken));

        _server.Main = HubServer.Later;
        _server.Files["README.md"] = new byte[(1 << 20) + 1];
        Assert.False(File.Exists(Path.Combine(await Fetch(), "README.md")));

        _server.Main = HubServer.Latest;
        _server.Files.Remove("README.md");
        Assert.False(File.Exists(Path.Combine(await Fetch(), "README.md")));
    }

    [Fact]
    public async Task The_tokenizer_alone_comes_without_weights_and_the_weights_later_come_to_it()
    {
        var folder = await Hub().FetchAsync(Reference, _temp.Path, HubSelection.Tokenizer, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(["config.json", "vocab.txt"], Directory.GetFiles(folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        var asked = _server.HubRequests.Count();
        Assert.Equal(folder, await Hub().FetchAsync($"{Reference}@{HubServer.Commit}", _temp.Path, HubSelection.Tokenizer, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(asked, _server.HubRequests.Count());

        Assert.Equal(folder, await Fetch());
        Assert.True(File.Exists(Path.Combine(folder, "model.safetensors")));
        Assert.Single(_server.Fetched, f => f.EndsWith("/vocab.txt", StringComparison.Ordinal) && f.StartsWith("/cache", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_download_would_bring_is_known_without_it()
    {
        var missing = await Missing();
        Assert.Equal(new HubDownload(HubServer.Commit, 200_000 + 2 + 6 + 21), missing);
        Assert.Equal(new HubDownload(HubServer.Commit, 2 + 6), await Missing(HubSelection.Tokenizer));
        Assert.Empty(_server.StoreRequests);

        await Hub().FetchAsync(Reference, _temp.Path, HubSelection.Tokenizer, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Null(await Missing(HubSelection.Tokenizer));
        Assert.Equal(200_000 + 21, (await Missing())!.Bytes);
        await Fetch();
        Assert.Null(await Missing());

        _server.Main = HubServer.Later;
        _server.TellsSizes = false;
        Assert.Equal(new HubDownload(HubServer.Later, null), await Missing());
    }

    [Fact]
    public async Task Progress_counts_the_bytes_of_all_files_and_names_model_and_commit()
    {
        var told = new Told();
        await Hub().FetchAsync(Reference, _temp.Path, progress: told, cancellationToken: TestContext.Current.CancellationToken);
        Assert.All(told.Reports, r => Assert.Equal(("downloading owner/name@0123456789ab", (long?)200_029, "bytes"), (r.Phase, r.Total, r.Unit)));
        Assert.Equal(told.Reports.Select(r => r.Done).Order(), told.Reports.Select(r => r.Done));
        Assert.Equal(200_029, told.Reports[^1].Done);
    }

    [Fact]
    public async Task Several_that_want_the_same_model_at_once_download_each_file_once()
    {
        _server.Store = (r, content) =>
        {
            Thread.Sleep(200);
            return Serve(r, content);
        };
        var folders = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Fetch())));
        Assert.Single(folders.Distinct());
        Assert.Single(_server.StoreRequests);
        Assert.Equal(_server.Files["model.safetensors"], await File.ReadAllBytesAsync(Path.Combine(folders[0], "model.safetensors"), TestContext.Current.CancellationToken));
        Assert.DoesNotContain(Directory.GetFiles(_temp.Path, "*", SearchOption.AllDirectories), f => f.EndsWith(".part", StringComparison.Ordinal) || f.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_waits_for_another_s_download_says_so_can_be_cancelled_and_goes_on_where_the_other_broke_off()
    {
        _server.Store = (r, content) => Serve(r, content) with { BreakAfter = 70_000, Hang = true };
        using var first = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var downloading = Hub().FetchAsync(Reference, _temp.Path, cancellationToken: first.Token);
        while (!PartHas(70_000)) await Task.Delay(10, TestContext.Current.CancellationToken);

        var (told, impatient) = (new Told(), new CancellationTokenSource(TimeSpan.FromSeconds(0.5)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Hub().FetchAsync(Reference, _temp.Path, progress: told, cancellationToken: impatient.Token));
        Assert.Contains(told.Reports, r => r.Phase.Contains("another process is downloading the same", StringComparison.Ordinal));

        var waiting = Fetch();
        _server.Store = Serve;
        await first.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => downloading);
        Assert.Equal(_server.Files["model.safetensors"], await File.ReadAllBytesAsync(Path.Combine(await waiting, "model.safetensors"), TestContext.Current.CancellationToken));
        Assert.Equal(70_000, _server.StoreRequests.Last().From);
    }

    [Fact]
    public void Defaults_are_the_documented_ones()
    {
        var options = new HubOptions();
        Assert.Equal(("https://huggingface.co", null, false, 5), (options.Endpoint, options.Token, options.Offline, options.Attempts));
        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60)), (options.RetryDelay, options.StallTimeout));
    }

    private HubOptions Options() => new() { Endpoint = _server.Endpoint, Token = "hf_secret", RetryDelay = TimeSpan.Zero };

    private HuggingFaceHub Hub(HubOptions? options = null) => new(options ?? Options());

    private Task<string> Fetch(string reference = Reference, HubOptions? options = null) =>
        Hub(options).FetchAsync(reference, _temp.Path, cancellationToken: TestContext.Current.CancellationToken);

    private Task<HubDownload?> Missing(HubSelection selection = HubSelection.Model) =>
        Hub().MissingAsync(Reference, _temp.Path, selection, TestContext.Current.CancellationToken);

    private bool PartHas(long length) =>
        Directory.GetFiles(_temp.Path, "*.part", SearchOption.AllDirectories).Any(f => f.Contains("model.safetensors", StringComparison.Ordinal) && new FileInfo(f).Length >= length);

    private async Task<string> Fails(string reference, HubOptions? options = null) =>
        (await Assert.ThrowsAnyAsync<TextDataException>(() => Fetch(reference, options))).Message;

    private sealed class Told : IProgress<TextProgress>
    {
        public List<TextProgress> Reports { get; } = [];

        public void Report(TextProgress value) => Reports.Add(value);
    }
}
