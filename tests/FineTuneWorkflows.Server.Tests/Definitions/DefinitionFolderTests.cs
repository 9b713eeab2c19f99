using System.Text.Json.Nodes;
using FineTuneWorkflows.Server.Tests.Support;
using Microsoft.Data.Sqlite;

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

    [Fact]
    public async Task A_definition_whose_file_is_deleted_is_unpublished_and_published_again_when_the_file_comes_back()
    {
        var json = TestDefinitions.Flowchart(
            "deleted", [("Often", "Elsa.Cron", new { cronExpression = "* * * * * *", customProperties = new { canStartWorkflow = true } }), ("Make", "Test.Make", new { })], ["Often>Make"]).ToJsonString();
        var file = shared.Folder.Write("workflows/deleted.json", json);
        await UntilInstancesAsync("deleted", more: 0);

        // Another name is no deletion.
        File.Move(file, Path.Combine(shared.Folder.Workflows, "renamed.json"));
        await UntilAsync("deleted", d => d["file"]!.GetValue<string>() == "renamed.json");
        await UntilInstancesAsync("deleted", more: await InstancesAsync("deleted"));
        File.Delete(Path.Combine(shared.Folder.Workflows, "renamed.json"));
        var gone = await UntilAsync("deleted", d => d["isFileGone"]!.GetValue<bool>());
        using (var start = await Client.Http.PostAsync("/elsa/api/workflow-definitions/deleted/dispatch", null))
            Assert.False(start.IsSuccessStatusCode);
        var triggers = Triggers("deleted");
        shared.Folder.Write("workflows/deleted.json", json);
        var back = await UntilAsync("deleted", d => !d["isFileGone"]!.GetValue<bool>());
        await UntilInstancesAsync("deleted", more: await InstancesAsync("deleted"));
        File.Delete(file);
        await UntilAsync("deleted", d => d["isFileGone"]!.GetValue<bool>());

        Assert.False(gone["isPublished"]!.GetValue<bool>());
        Assert.True(back["isPublished"]!.GetValue<bool>());
        Assert.Equal(0, triggers);
        Assert.Contains("renamed.json was deleted: definition deleted is unpublished", shared.Server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_definition_that_was_edited_in_the_designer_stays_when_its_file_is_deleted()
    {
        var file = shared.Folder.Write("workflows/edited.json", TestDefinitions.Chain("edited").ToJsonString());
        await UntilAsync("edited", d => d["versionFromFile"]!.GetValue<int>() == 1);
        await Client.PublishAsync(TestDefinitions.Chain("edited", new { text = "designer" }));

        File.Delete(file);
        var gone = await UntilAsync("edited", d => d["isFileGone"]!.GetValue<bool>());

        Assert.True(gone["isPublished"]!.GetValue<bool>());
        Assert.Contains("edited.json was deleted, but definition edited was edited in the designer (version 2), which stays", shared.Server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_definition_whose_file_now_has_another_id_is_unpublished()
    {
        var file = shared.Folder.Write("workflows/id-before.json", TestDefinitions.Chain("id-before").ToJsonString());
        await UntilAsync("id-before", d => d["isPublished"]!.GetValue<bool>());

        File.WriteAllText(file, TestDefinitions.Chain("id-afterwards").ToJsonString());
        var gone = await UntilAsync("id-before", d => d["isFileGone"]!.GetValue<bool>());

        Assert.False(gone["isPublished"]!.GetValue<bool>());
        Assert.True((await UntilAsync("id-afterwards", _ => true))["isPublished"]!.GetValue<bool>());
        Assert.Contains("id-before.json now defines id-afterwards: definition id-before is unpublished", shared.Server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copied_file_with_the_same_id_does_not_take_the_definition_over_until_the_first_file_is_gone()
    {
        var first = shared.Folder.Write("workflows/same-id.json", TestDefinitions.Chain("same-id", new { text = "one" }).ToJsonString());
        await UntilAsync("same-id", d => d["isPublished"]!.GetValue<bool>());
        // Earlier in the alphabet, too.
        shared.Folder.Write("workflows/a-copy.json", TestDefinitions.Chain("same-id", new { text = "four" }).ToJsonString());
        using (var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30)))
            while (!shared.Server.Output.Contains("a-copy.json was not loaded", StringComparison.Ordinal))
                await Task.Delay(100, limit.Token);
        var kept = await UntilAsync("same-id", _ => true);

        File.Delete(first);
        var taken = await UntilAsync("same-id", d => d["file"]!.GetValue<string>() == "a-copy.json" && d["isPublished"]!.GetValue<bool>());

        Assert.Equal(("same-id.json", 1), (kept["file"]!.GetValue<string>(), kept["versionFromFile"]!.GetValue<int>()));
        Assert.False(taken["isFileGone"]!.GetValue<bool>());
        Assert.Contains("its definitionId same-id is that of same-id.json, which stays", shared.Server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Definitions_stay_published_where_all_files_are_gone_at_once_and_a_single_deleted_one_is_unpublished()
    {
        using var folder = new TestFolder();
        foreach (var id in (string[])["one", "two", "three"])
            folder.Write($"workflows/{id}.json", TestDefinitions.Chain(id).ToJsonString());
        var away = Path.Combine(folder.Path, "away");
        var empty = Directory.CreateDirectory(Path.Combine(folder.Path, "empty")).FullName;
        await using var server = await ServerProcess.StartAsync(folder);
        foreach (var id in (string[])["one", "two", "three"])
            await UntilAsync(server.Client, id, d => d["isPublished"]!.GetValue<bool>());

        // As an unmounted volume does: the folder is there, and nothing in it.
        Directory.Move(folder.Workflows, away);
        Directory.Move(empty, folder.Workflows);
        using (var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60)))
            while (!server.Output.Contains("All 3 files that definitions came from are gone from the workflows folder", StringComparison.Ordinal))
                await Task.Delay(100, limit.Token);
        var kept = (await server.Client.GetAsync("/api/definitions")).AsArray();
        Directory.Delete(folder.Workflows);
        Directory.Move(away, folder.Workflows);
        File.Delete(Path.Combine(folder.Workflows, "two.json"));
        var gone = await UntilAsync(server.Client, "two", d => d["isFileGone"]!.GetValue<bool>());
        var others = (await server.Client.GetAsync("/api/definitions")).AsArray().Where(d => d!["definitionId"]!.GetValue<string>() != "two").ToList();

        Assert.Equal(3, kept.Count);
        Assert.All(kept, d => Assert.True(d!["isPublished"]!.GetValue<bool>() && !d["isFileGone"]!.GetValue<bool>()));
        Assert.False(gone["isPublished"]!.GetValue<bool>());
        Assert.Equal(2, others.Count);
        Assert.All(others, d => Assert.True(d!["isPublished"]!.GetValue<bool>() && !d["isFileGone"]!.GetValue<bool>()));
        Assert.Single(server.Output.Split('\n'), line => line.Contains("are gone from the workflows folder", StringComparison.Ordinal));
    }

    private long Triggers(string id)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(shared.Folder.Home, "server", "elsa.db")};Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM Triggers WHERE WorkflowDefinitionId = $id";
        command.Parameters.AddWithValue("$id", id);
        return (long)command.ExecuteScalar()!;
    }

    private async Task<int> InstancesAsync(string id) =>
        (await Client.GetAsync($"/elsa/api/workflow-instances?definitionId={id}&page=0&pageSize=1"))["totalCount"]!.GetValue<int>();

    private async Task UntilInstancesAsync(string id, int more)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await InstancesAsync(id) <= more)
            await Task.Delay(100, limit.Token);
    }

    private void Write(JsonObject definition) => shared.Folder.Write("workflows/from-file.json", definition.ToJsonString());

    private Task<JsonNode> UntilAsync(Func<JsonNode, bool> condition) => UntilAsync("from-file", condition);

    private Task<JsonNode> UntilAsync(string id, Func<JsonNode, bool> condition) => UntilAsync(Client, id, condition);

    private static async Task<JsonNode> UntilAsync(ServerClient client, string id, Func<JsonNode, bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        for (;; await Task.Delay(100, limit.Token))
            if ((await client.GetAsync("/api/definitions")).AsArray().FirstOrDefault(d => d!["definitionId"]!.GetValue<string>() == id) is { } definition && condition(definition))
                return definition;
    }
}
