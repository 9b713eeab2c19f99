using FineTuneWorkflows.Pipelines.Journals;
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
    public async Task A_version_knows_its_run_metrics_and_data()
    {
        var result = await workspace.RunAsync(workspace.Whole());
        var version = workspace.Services.Registry.Resolve("mood");
        Assert.Equal((result.RunId, result.Of("FineTune").Artifacts["model"].Digest), (version.RunId, version.Digest));
        Assert.Equal([result.Of("Augment").Artifacts["dataset"].Digest], version.DataDigests);
        Assert.Equal(result.Metrics()["test/accuracy"], version.Metrics["test/accuracy"]);
    }

    public void Dispose() => workspace.Dispose();
}
