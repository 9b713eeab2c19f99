using System.Text.Json;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Tests.Fixture;
using FineTuneWorkflows.Stages;
using FineTuneWorkflows.Stages.Tests.Support;
using FineTuneWorkflows.Text.Tests.Sources;

namespace FineTuneWorkflows.Cli.Tests.Commands;

/// <summary>What commands that run nothing say of a base on the hub, and what they leave there.</summary>
[Collection(HubEnvironment.Name)]
public sealed class HubBaseTests : IAsyncDisposable
{
    private readonly HubEnvironment environment = new();
    private readonly Workplace place = new();
    private readonly HubServer server = new();

    public HubBaseTests()
    {
        server.Files["config.json"] = """
            {"architectures":["BertForMaskedLM"],"model_type":"bert","vocab_size":6,"hidden_size":64,"num_hidden_layers":1,"num_attention_heads":1,"intermediate_size":256,"max_position_embeddings":64}
            """u8.ToArray();
        server.Files["vocab.txt"] = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nfine\n"u8.ToArray();
        HubEnvironment.Set(server.Endpoint, Path.Combine(place.Folder, "hub"));
        place.Host = place.Host with { Catalog = () => FineTuneStages.Catalog };
        place.Write("texts.csv", "text,label\nfine,a\n");
        place.Write("real.json", """
            {"definitionId":"real","name":"Real","root":{"type":"Elsa.Sequence","activities":[
              {"id":"Fetch","type":"FineTune.FetchData","source":{"expression":{"type":"Literal","value":"texts.csv"}}},
              {"id":"Tokenize","type":"FineTune.Tokenize","baseModel":{"expression":{"type":"Literal","value":"hf://owner/name"}},"maxLength":{"expression":{"type":"Literal","value":16}}},
              {"id":"Train","type":"FineTune.FineTune","baseModel":{"expression":{"type":"Literal","value":"hf://owner/name"}},"device":{"expression":{"type":"Literal","value":"cpu"}}}
            ]}}
            """);
    }

    public async ValueTask DisposeAsync()
    {
        environment.Dispose();
        await server.DisposeAsync();
        place.Dispose();
    }

    [Fact]
    public async Task Status_says_that_the_base_is_not_downloaded_yet_and_downloads_nothing()
    {
        var answer = await place.RunAsync("status", "real.json");

        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
        Assert.Contains($"\nnote: Train: hf://owner/name@{HubServer.Commit} is not downloaded yet; a run downloads 200.2 kB\n", answer.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("note: Tokenize", answer.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Fetched, f => f.Contains("/resolve/", StringComparison.Ordinal));
        Assert.Empty(server.StoreRequests);
    }

    [Fact]
    public async Task Status_as_json_names_what_a_run_would_download()
    {
        var answer = await place.RunAsync("status", "real.json", "--json");

        using var json = JsonDocument.Parse(answer.Out);
        var stages = json.RootElement.GetProperty("stages").EnumerateArray().ToList();
        Assert.False(stages[0].TryGetProperty("downloads", out _));
        var download = Assert.Single(stages[2].GetProperty("downloads").EnumerateArray());
        Assert.Equal($"hf://owner/name@{HubServer.Commit}", download.GetProperty("name").GetString());
        Assert.Equal(server.Files.Where(f => f.Key != "notes.txt").Sum(f => f.Value.Length), download.GetProperty("bytes").GetInt64());
    }

    [Fact]
    public async Task Validate_does_not_ask_the_hub()
    {
        Assert.Equal(ExitCode.Done, (await place.RunAsync("validate", "real.json")).Code);
        Assert.Empty(server.HubRequests);
    }

    [Fact]
    public async Task Estimate_reads_configuration_and_tokenizer_alone()
    {
        var answer = await place.RunAsync("estimate", "real.json");

        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
        Assert.Contains("Train (FineTune.FineTune) on cpu", answer.Out, StringComparison.Ordinal);
        Assert.Contains(server.Fetched, f => f.EndsWith("/config.json", StringComparison.Ordinal));
        Assert.Empty(server.StoreRequests);
    }

    [Fact]
    public async Task A_model_that_the_hub_does_not_have_is_said_by_status_with_stage_and_parameter()
    {
        server.Instead = _ => HubServer.Refusal(404, "RepoNotFound");
        Assert.Contains("parameter BaseModel: hf://owner/name@main: there is no such model or revision", (await place.RunAsync("status", "real.json")).Out, StringComparison.Ordinal);
    }
}
