using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Tests.Support;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Checkpoints;

public class CheckpointStoreTests
{
    [Fact]
    public void A_process_killed_while_it_replaces_a_checkpoint_loses_neither()
    {
        using var folder = new TemporaryFolder();
        Write(folder, 5, finished: false);
        // The first of the two renames is done, the second not.
        Directory.Move(folder["step-00000005"], folder[".old-step-00000005-0123456789abcdef0123456789abcdef"]);
        Directory.CreateDirectory(folder[".tmp-step-00000005-x"]);
        new CheckpointStore(folder.Path, 2).Prepare();
        Assert.Equal(["step-00000005"], Directory.GetDirectories(folder.Path).Select(Path.GetFileName));
        Assert.Equal(5, TrainingCheckpoint.Read(folder["step-00000005"]).State.Step);
    }

    [Fact]
    public void A_process_killed_after_it_replaced_a_checkpoint_leaves_the_new_one()
    {
        using var folder = new TemporaryFolder();
        Write(folder, 5, finished: false);
        Directory.Move(folder["step-00000005"], folder[".old-step-00000005-0123456789abcdef0123456789abcdef"]);
        Write(folder, 5, finished: true);
        new CheckpointStore(folder.Path, 2).Prepare();
        Assert.Equal(["step-00000005"], Directory.GetDirectories(folder.Path).Select(Path.GetFileName));
        Assert.True(TrainingCheckpoint.Read(folder["step-00000005"]).State.EpochFinished);
    }

    [Fact]
    public void A_checkpoint_of_the_same_step_is_replaced_whole()
    {
        using var folder = new TemporaryFolder();
        Write(folder, 5, finished: false);
        Write(folder, 5, finished: true);
        Assert.Equal(["step-00000005"], Directory.GetDirectories(folder.Path).Select(Path.GetFileName));
        Assert.True(TrainingCheckpoint.Read(folder["step-00000005"]).State.EpochFinished);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 1)]
    [InlineData(2, 9)]
    public void So_many_of_the_newest_are_kept_and_the_best(int keep, int best)
    {
        using var folder = new TemporaryFolder();
        var store = new CheckpointStore(folder.Path, keep);
        for (int step = 1; step <= 10; step++)
            store.Write(State(step) with { Best = step >= best ? new BestEpoch(0, best, 0.5) : null }, Tensors(), Tensors());
        Assert.Equal(
            Enumerable.Range(11 - keep, keep).Append(best).Distinct().Order().Select(step => TrainingCheckpoint.NameOf(step)),
            Directory.GetDirectories(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private static void Write(TemporaryFolder folder, long step, bool finished) => TrainingCheckpoint.Write(folder.Path, State(step) with { EpochFinished = finished }, Tensors(), Tensors());

    private static IEnumerable<KeyValuePair<string, torch.Tensor>> Tensors()
    {
        TorchRuntime.EnsureLoaded();
        return [KeyValuePair.Create("x", torch.ones(3))];
    }

    private static TrainingState State(long step) => new()
    {
        Identity = "i", Settings = new Dictionary<string, string> { ["Epochs"] = "3" }, Step = step, Epoch = 0, StepInEpoch = (int)step, EpochFinished = false, EpochLossSum = 0, EpochWeight = 0, MicroBatchSize = 0,
        MicroBatchSizeAsked = 0, EpochsWithoutImprovement = 0, History = [], Threads = 1, Device = "cpu", Deterministic = false, TorchVersion = "2",
    };
}
