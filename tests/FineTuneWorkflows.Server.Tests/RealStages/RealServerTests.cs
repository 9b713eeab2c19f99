using System.Net;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using FineTuneWorkflows.Server.Tests.Support;
using FineTuneWorkflows.Stages;

namespace FineTuneWorkflows.Server.Tests.RealStages;

[Collection(RealServerCollection.Name)]
public class RealServerTests(RealServer real)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private static readonly string[] AllUpToDate = ["up-to-date", "up-to-date", "up-to-date", "up-to-date", "up-to-date", "up-to-date"];

    private ServerClient Client => real.Client;

    [Fact]
    public async Task A_definition_exported_from_the_server_is_up_to_date_on_the_command_line_and_the_other_way_round()
    {
        await RunAsync("sentiment");
        var exported = await Client.Http.GetStringAsync("/elsa/api/workflow-definitions/sentiment/export");
        // Beside the workflows folder, so that the server does not take it for one of its own.
        Directory.CreateDirectory(Path.Combine(real.Folder.Path, "exported"));
        real.Folder.Write("exported/exported.json", exported);

        var there = await FinetuneCommand.PipelineAsync(real.Folder, real.Folder.Home, "../exported/exported.json");
        var changed = await FinetuneCommand.PipelineAsync(real.Folder, real.Folder.Home, "../exported/exported.json", "-p", "LearningRate=0.0004");
        var definition = (JsonObject)JsonNode.Parse(exported)!;
        definition["definitionId"] = "from-export";
        RealWorkflow.SetVariable(definition, "LearningRate", "0.0004");
        await Client.PublishAsync(definition);
        var back = await RunAsync("from-export");

        Assert.Equal(AllUpToDate, Outcomes(there));
        Assert.Equal(["up-to-date", "up-to-date", "up-to-date", "executed", "executed"], Outcomes(changed)[..5]);
        Assert.Equal(AllUpToDate[..5], Outcomes(back)[..5]);
        Assert.Equal(changed["stages"]![3]!["artifacts"]!["model"]!.GetValue<string>(), back.Stage("FineTune")["artifacts"]!["model"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_missing_file_is_an_incident_with_the_stages_message_and_finetune_retry_finishes_it_once_it_is_there()
    {
        var missing = Path.Combine(real.Folder.Path, "later.jsonl");
        var definition = Shipped();
        definition["definitionId"] = "missing-file";
        RealWorkflow.SetVariable(definition, "Data", missing);
        await Client.PublishAsync(definition);
        var instance = await Client.DispatchAsync("missing-file");
        var failed = await Client.UntilIncidentAsync(instance);
        var environment = new Dictionary<string, string> { ["FINETUNE_API_KEY"] = ServerProcess.ApiKey, ["FINETUNE_SERVER"] = Client.Address.ToString() };

        var refused = await FinetuneCommand.RunAsync(new(environment) { ["FINETUNE_API_KEY"] = "wrong-key-0123456789" }, "retry", instance);
        var unknown = await FinetuneCommand.RunAsync(environment, "retry", "nobody");
        File.Copy(Path.Combine(real.Folder.Path, "small.jsonl"), missing);
        var retried = await FinetuneCommand.RunAsync(environment, "retry", instance);
        var finished = await Client.UntilFinishedAsync(instance, Limit, despiteIncidents: true);
        var late = await FinetuneCommand.RunAsync(environment, "retry", instance);

        Assert.StartsWith("Fetch failed: parameter Source: ", failed["incidents"]![0]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("later.jsonl", failed["incidents"]![0]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal((2, $"error: the server at {Client.Address} does not take the API key in FINETUNE_API_KEY"), (refused.Code, refused.Error.Trim()));
        Assert.Equal((2, "error: there is no workflow instance nobody"), (unknown.Code, unknown.Error.Trim()));
        Assert.True(retried.Code == 0, retried.Error);
        Assert.StartsWith($"Instance {instance} runs Fetch again;", retried.Out, StringComparison.Ordinal);
        Assert.Equal("Finished", finished["subStatus"]!.GetValue<string>());
        Assert.StartsWith("Fetch:failed Fetch:", finished.Outcomes(), StringComparison.Ordinal);
        Assert.Equal((1, $"error: instance {instance} has no failed stage to retry"), (late.Code, late.Error.Trim()));
    }

    [Fact]
    public async Task A_training_that_diverges_is_an_incident_that_names_the_step_and_a_retry_with_a_sound_folderfinishes_it()
    {
        var trained = await RunAsync("sentiment");
        var good = Directory.GetDirectories(Path.Combine(real.Folder.Home, "objects"), trained.Stage("FineTune")["artifacts"]!["model"]!.GetValue<string>(), SearchOption.AllDirectories).Single();
        var folder = Directory.CreateDirectory(Path.Combine(real.Folder.Path, "base")).FullName;
        foreach (var file in Directory.GetFiles(good))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        var weights = Path.Combine(folder, "model.safetensors");
        await File.WriteAllBytesAsync(weights, WithWeightsNearTheLargestFloat(await File.ReadAllBytesAsync(weights)));
        var definition = Shipped();
        definition["definitionId"] = "diverges";
        RealWorkflow.SetVariable(definition, "BaseModel", folder);
        await Client.PublishAsync(definition);

        var instance = await Client.DispatchAsync("diverges");
        var failed = await Client.UntilIncidentAsync(instance);
        File.Copy(Path.Combine(good, "model.safetensors"), weights, overwrite: true);
        await Client.PostAsync($"/api/runs/{instance}/retry", new { });
        var finished = await Client.UntilFinishedAsync(instance, Limit, despiteIncidents: true);

        Assert.Matches("^FineTune failed: The loss became NaN at step 1 of [0-9]+, in epoch 1, batch 1 of [0-9]+ \\(examples [0-9, ]+( and [0-9]+ more)? of the training data\\)\\. .*Try a lower LearningRate", failed["incidents"]![0]!["message"]!.GetValue<string>());
        Assert.Equal("executed", finished.Stage("FineTune")["outcome"]!.GetValue<string>());
        Assert.Equal("executed", finished.Stage("Evaluate")["outcome"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_run_is_on_MLflow_while_the_journal_and_the_status_link_to_it_there()
    {
        var definition = Shipped();
        definition["definitionId"] = "tracked";
        RealWorkflow.SetVariable(definition, "Seed", "7");
        await Client.PublishAsync(definition);
        var instance = await Client.DispatchAsync("tracked");
        await Client.UntilFinishedAsync(instance, Limit);

        var status = await Client.UntilAsync(instance, s => s["mlflow"] is not null);
        await UntilAsync(() => real.Mlflow.Sent.Any(s => s.Contains("test/accuracy", StringComparison.Ordinal)), "the accuracy to reach MLflow");
        var link = status["mlflow"]!.GetValue<string>();

        Assert.Matches($"^{real.Mlflow.Uri}#/experiments/[^/]+/runs/[^/]+$", link);
        Assert.Contains(await Client.JournalAsync(instance), e => e.Event == "Stage executed" && e.Entry["payload"]!["mlflow"]?.GetValue<string>() == link);
    }

    [Fact]
    public async Task Each_stage_is_a_span_and_counted_and_its_log_lines_carry_the_ids()
    {
        var instance = await Client.DispatchAsync("sentiment");
        await Client.UntilFinishedAsync(instance, Limit);

        await UntilAsync(() => real.Telemetry.Any(t => t.Path == "/v1/traces" && t.Body.Contains("stage Register", StringComparison.Ordinal) && t.Body.Contains(instance, StringComparison.Ordinal)), "a span of the stage");

        Assert.Contains($"[sentiment {instance} FineTune]", real.Server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_shipped_webhook_starts_its_pipeline_with_the_bodys_properties_and_names_a_wrong_field()
    {
        using var wrong = await Client.Http.PostAsJsonAsync("/hooks/on-new-data", new { Epochs = "one" });
        using var right = await Client.Http.PostAsJsonAsync("/hooks/on-new-data", new { MaxLength = 48 });
        var problem = JsonNode.Parse(await wrong.Content.ReadAsStringAsync())!;
        var answer = JsonNode.Parse(await right.Content.ReadAsStringAsync())!;
        var finished = await Client.UntilFinishedAsync(answer["instanceId"]!.GetValue<string>(), Limit);

        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Equal("Epochs", problem["problems"]![0]!["field"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.Accepted, right.StatusCode);
        Assert.Equal("on-new-data", finished["definitionId"]!.GetValue<string>());
        Assert.Contains((string[])["MaxLength changed 64 -> 48", "not built before"], r => r == finished.Stage("Tokenize")["reason"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_toolbox_offers_every_stage_with_every_parameter_described()
    {
        var toolbox = (await Client.GetAsync("/elsa/api/descriptors/activities"))["items"]!.AsArray();
        var stages = toolbox.Where(a => a!["category"]!.GetValue<string>() == "Fine-tuning").ToList();

        Assert.Equal(
            FineTuneStages.Catalog.Stages.Select(s => s.Type).Order(StringComparer.Ordinal), stages.Select(s => s!["typeName"]!.GetValue<string>()).Order(StringComparer.Ordinal));
        Assert.All(stages.SelectMany(s => s!["inputs"]!.AsArray()), i => Assert.False(string.IsNullOrWhiteSpace(i!["description"]!.GetValue<string>())));
    }

    // A sum of two of them overflows. The layout: eight bytes with the header's length, the header, then the numbers (safetensors).
    private static byte[] WithWeightsNearTheLargestFloat(byte[] safetensors)
    {
        var start = 8 + (int)BitConverter.ToInt64(safetensors);
        MemoryMarshal.Cast<byte, float>(safetensors.AsSpan(start)).Fill(3e38f);
        return safetensors;
    }

    // With the few rows, as the fixture wrote it.
    private JsonObject Shipped() => (JsonObject)JsonNode.Parse(File.ReadAllText(Path.Combine(real.Folder.Workflows, "sentiment.json")))!;

    private static string[] Outcomes(JsonNode status) => [.. status["stages"]!.AsArray().Select(s => s!["outcome"]!.GetValue<string>())];

    private static async Task UntilAsync(Func<bool> condition, string what)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            Assert.False(limit.IsCancellationRequested, $"waited in vain for {what}");
            await Task.Delay(100);
        }
    }

    private async Task<JsonNode> RunAsync(string definitionId) => await Client.UntilFinishedAsync(await Client.DispatchAsync(definitionId), Limit);
}
