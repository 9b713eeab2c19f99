using System.Text.Json.Nodes;
using FineTuneWorkflows.Server.Tests.Support;

namespace FineTuneWorkflows.Server.Tests.Definitions;

public class DefinitionFolderTests(SharedServer shared)
{
    private ServerClient Client => shared.Client;

    [Fact]
    public async Task A_file_is_published_published_anew_when_it_changes_and_never_written_over_the_designers_edit()
    {
        Write(TestDefinitions.Chain("from-file", new { text = "one" }));
        await UntilAsync(d => d["versionFromFile"]!.GetValue<int>() == 1);
        Write(TestDefinitions.Chain("from-file", new { text = "two" }));
        await UntilAsync(d => d["versionFromFile"]!.GetValue<int>() == 2);

        await Client.PublishAsync(TestDefinitions.Chain("from-file", new { text = "designer" }));
        Write(TestDefinitions.Chain("from-file", new { text = "three" }));
        var differs = await UntilAsync(d => d["isFileNewer"]!.GetValue<bool>());
        var difference = await Client.GetAsync("/api/definitions/from-file/difference");
        var finished = await Client.UntilFinishedAsync(await Client.DispatchAsync("from-file"));

        Assert.True(differs["isEditedInDesigner"]!.GetValue<bool>());
        Assert.Equal((2, 3), (differs["versionFromFile"]!.GetValue<int>(), differs["latestVersion"]!.GetValue<int>()));
        Assert.Equal(["activity Make text: three -> designer"], difference["differences"]!.AsArray().Select(d => d!.GetValue<string>()));
        Assert.Equal(8, finished.Stage("Count")["metrics"]!["letters"]!.GetValue<double>());
        Assert.Contains("was edited in the designer", shared.Server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_definition_is_told_and_hurts_nobody()
    {
        shared.Folder.Write("workflows/broken.json", "{ \"name\": ");

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!shared.Server.Output.Contains("broken.json was not loaded", StringComparison.Ordinal))
            await Task.Delay(100, limit.Token);

        Assert.Contains("is not JSON: line 1", shared.Server.Output, StringComparison.Ordinal);
    }

    private void Write(JsonObject definition) => shared.Folder.Write("workflows/from-file.json", definition.ToJsonString());

    private async Task<JsonNode> UntilAsync(Func<JsonNode, bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        for (;; await Task.Delay(100, limit.Token))
            if ((await Client.GetAsync("/api/definitions")).AsArray().FirstOrDefault(d => d!["definitionId"]!.GetValue<string>() == "from-file") is { } definition && condition(definition))
                return definition;
    }
}
