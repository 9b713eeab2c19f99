using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Stages.Tests.Support;

namespace FineTuneWorkflows.Stages.Tests.Registration;

public sealed class RegisterModelStageTests : IDisposable
{
    private readonly Workspace workspace = new();

    [Fact]
    public async Task The_alias_moves_only_where_the_gate_holds()
    {
        await workspace.RunAsync(workspace.Whole());
        var worse = await workspace.RunAsync(workspace.Whole(train: Workspace.Training(epochs: 1, learningRate: 1e-9)));
        Assert.Equal("2", worse.Tags()["model/version"]);
        Assert.DoesNotContain("model/alias", worse.Tags().Keys);
        Assert.Contains(workspace.Journal(worse.RunId).OfType<StageNoted>(), n => n.Message.StartsWith("registered as mood version 2; alias champion stays at version 1, because", StringComparison.Ordinal));
        Assert.Equal(1, workspace.Services.Registry.FindAlias("mood", "champion")!.Version);
    }

    [Fact]
    public async Task A_champion_here_that_was_tested_on_other_data_is_said_to_be()
    {
        await workspace.RunAsync(workspace.Whole());
        var alike = await workspace.RunAsync(workspace.Whole(train: Workspace.Training(epochs: 1, learningRate: 1e-9)));
        Assert.DoesNotContain(Notes(alike), n => n.Contains("tested on", StringComparison.Ordinal));
        workspace.Write("data.jsonl", Workspace.Rows(90));
        var other = await workspace.RunAsync(workspace.Whole(train: Workspace.Training(epochs: 1, learningRate: 1e-9)));
        Assert.Contains("version 1 was tested on other data: the two figures are not of the same test", Notes(other));

        IEnumerable<string> Notes(FineTuneWorkflows.Pipelines.Execution.RunResult run) => workspace.Journal(run.RunId).OfType<StageNoted>().Select(n => n.Message);
    }

    [Fact]
    public async Task A_version_knows_its_run_metrics_and_data()
    {
        var result = await workspace.RunAsync(workspace.Whole());
        var version = workspace.Services.Registry.Resolve("mood");
        Assert.Equal((result.RunId, result.Of("FineTune").Artifacts["model"].Digest), (version.RunId, version.Digest));
        Assert.Equal([result.Of("Augment").Artifacts["dataset"].Digest], version.DataDigests);
        Assert.Equal(result.Metrics()["test/accuracy"], version.Metrics["test/accuracy"]);
    }

    [Fact]
    public async Task A_server_s_champion_is_what_the_gate_compares_with_also_in_a_home_that_has_none()
    {
        using var server = new OneFileServer(Champion("2", testData: "other"));
        var result = await RegisterWithAsync(server.Address);
        Assert.Equal("1", result.Tags()["model/version"]);
        Assert.DoesNotContain("model/alias", result.Tags().Keys);
        Assert.Equal($"3 {Base(server.Address)}", result.Tags()["model/asked"]);
        var notes = workspace.Journal(result.RunId).OfType<StageNoted>().Select(n => n.Message).ToList();
        Assert.Contains(notes, n => n.StartsWith($"registered as mood version 1; alias champion stays at version 3 on {Base(server.Address)}, because", StringComparison.Ordinal));
        Assert.Contains(notes, n => n.Contains("was tested on other data", StringComparison.Ordinal));
        Assert.Null(workspace.Services.Registry.FindAlias("mood", "champion"));
    }

    [Fact]
    public async Task What_passes_the_server_s_champion_takes_the_alias_and_says_what_it_was_compared_with()
    {
        using var server = new OneFileServer(Champion("0.01", testData: null));
        var result = await RegisterWithAsync(server.Address);
        Assert.Equal("champion", result.Tags()["model/alias"]);
        var notes = workspace.Journal(result.RunId).OfType<StageNoted>().Select(n => n.Message).ToList();
        Assert.Contains(notes, n => n.Contains($">= 0.01 of the champion, version 3 on {Base(server.Address)}", StringComparison.Ordinal));
        Assert.Contains(notes, n => n.Contains("it is not known whether version 3", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_does_not_answer_leaves_the_champion_here_to_compare_with_and_says_so()
    {
        string address;
        using (var gone = new OneFileServer(""))
            address = gone.Address;
        var result = await RegisterWithAsync(address);
        Assert.Equal("champion", result.Tags()["model/alias"]);
        Assert.DoesNotContain("model/asked", result.Tags().Keys);
        Assert.Contains(workspace.Journal(result.RunId).OfType<StageNoted>(), n => n.Message.Contains("delivery compares again before alias champion moves there", StringComparison.Ordinal));
    }

    public void Dispose() => workspace.Dispose();

    private static string Base(string address) => address[..address.LastIndexOf('/')];

    private static string Champion(string accuracy, string? testData)
    {
        object[] tags = [new { key = "finetune.digest", value = new string('c', 64) }, new { key = "test/accuracy", value = accuracy }, .. testData is null ? [] : new object[] { new { key = "test_data", value = testData } }];
        return System.Text.Json.JsonSerializer.Serialize(new { model_version = new { name = "mood", version = "3", tags } });
    }

    private async Task<FineTuneWorkflows.Pipelines.Execution.RunResult> RegisterWithAsync(string address)
    {
        using var services = new StageServices(workspace.Home, () => new() { TrackingUri = new(Base(address)) });
        using var engine = FineTuneWorkflows.Pipelines.Execution.Engine.Open(workspace.Home, services);
        var result = await engine.Runner.RunAsync(workspace.Whole(), new(), [], TestContext.Current.CancellationToken);
        Assert.Equal(FineTuneWorkflows.Pipelines.Contract.Events.RunStatus.Succeeded, result.Status);
        return result;
    }
}
