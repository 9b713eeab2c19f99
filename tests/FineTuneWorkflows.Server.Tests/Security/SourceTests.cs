using System.Net;
using System.Net.Http.Json;
using FineTuneWorkflows.Server.Tests.Support;

namespace FineTuneWorkflows.Server.Tests.Security;

/// <summary>What a run may read, whoever starts it, and what a definition may ask of the web.</summary>
public class SourceTests(SharedServer shared)
{
    private ServerClient Client => shared.Client;

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("/etc/there-is-no-such-file")]
    [InlineData("link")]
    public async Task A_source_outside_the_allowed_folders_fails_its_stage_in_words_that_do_not_tell_whether_it_exists(string source)
    {
        var link = Path.Combine(shared.Folder.Workflows, "link");
        if (source == "link" && !File.Exists(link))
            File.CreateSymbolicLink(link, "/etc/passwd");
        await Client.PublishAsync(TestDefinitions.Chain("outside", new { source = "$Data" }, null, ("Data", "String", source)));

        var status = await Client.UntilIncidentAsync(await Client.DispatchAsync("outside"));

        Assert.Contains(
            $"parameter Source: '{source}' is outside the allowed folders; the server's setting FINETUNE_ALLOWED_SOURCES lists the folders and hosts",
            status["incidents"]![0]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_within_them_is_read()
    {
        var file = shared.Folder.Write("inside.txt", "inside");
        await Client.PublishAsync(TestDefinitions.Chain("inside", new { source = file }));

        var status = await Client.UntilFinishedAsync(await Client.DispatchAsync("inside"));

        Assert.Equal(6, status.Stage("Count")["metrics"]!["letters"]!.GetValue<double>());
    }

    [Fact]
    public async Task A_definition_asks_no_host_that_is_not_allowed()
    {
        await Client.PublishAsync(TestDefinitions.Flowchart(
            "asks", [("Ask", "Elsa.SendHttpRequest", new { url = new Uri(Client.Address, "/health/live").AbsoluteUri, method = "GET" }), ("Make", "Test.Make", new { })], ["Ask>Make"]));

        var instance = await Client.DispatchAsync("asks");
        var status = await Client.UntilAsync(instance, s => s["incidents"]!.AsArray().Count > 0 || s["status"]!.GetValue<string>() == "Finished");

        Assert.Contains("127.0.0.1 is not an allowed host", status["incidents"]![0]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mistyped_kind_of_expression_is_refused_when_it_is_posted_and_never_read_as_the_default()
    {
        using var response = await Client.Http.PostAsJsonAsync(
            "/elsa/api/workflow-definitions", new { publish = true, model = TestDefinitions.Chain("mistyped", new { text = "mistyped:abc" }) });

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("unknown expression type 'Literla'; known types are", System.Text.RegularExpressions.Regex.Unescape(await response.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://x.org/y")]
    [InlineData("workflows")]
    public async Task An_entry_that_is_neither_a_whole_path_nor_a_host_ends_the_start(string entry)
    {
        using var folder = new TestFolder();

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => ServerProcess.StartAsync(folder, "--FINETUNE_ALLOWED_SOURCES", $"/data,{entry}"));

        Assert.Contains("FINETUNE_ALLOWED_SOURCES lists folders, as whole paths, and hosts", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"got '{entry}'", refused.Message, StringComparison.Ordinal);
    }
}
