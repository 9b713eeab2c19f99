using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Learning.Training;

namespace FineTuneWorkflows.Learning.Tests.Training;

/// <summary>What each step says of itself, and checkpoints by time, by a clock that the test moves.</summary>
public class TrainingMetricsTests
{
    private static readonly TrainingOptions Options = new() { Epochs = 2, BatchSize = 4, Threads = 1, CheckpointEverySeconds = 0 };

    [Fact]
    public void Tokens_per_second_padding_utilization_and_time_left_follow_from_the_clock()
    {
        using var folder = new TemporaryFolder();
        var clock = new ManualClock();
        var recorder = new Recorder();
        // 6 sequences in batches of 4: steps of 4 and 2 sequences, 2 seconds for each sequence; each has 5 tokens on 8 places and takes a million operations.
        using var task = new FakeTask(6, (x, indices) =>
        {
            clock.Advance(2.0 * indices.Length);
            return x.Times(indices.Length);
        });
        using (var loop = new TrainingLoop(task, Options, folder.Path, recorder, clock: clock))
            loop.Run(CancellationToken.None);
        using var session = TorchSession.Enter(1);
        double rate = DeviceSpeed.MatrixProduct(session, TorchDevice.Cpu);
        Assert.Equal(4, recorder.Steps.Count);
        double spent = 0;
        foreach (TrainingStep step in recorder.Steps)
        {
            int sequences = step.Tokens / 5;
            spent += 2 * sequences;
            Assert.Equal(2.0 * sequences, step.Seconds, 1e-9);
            Assert.Equal(2.5, step.TokensPerSecond, 1e-9);
            Assert.Equal(3.0 / 8, step.PaddingShare, 1e-9);
            Assert.Equal(5e5 / rate, step.Utilization, 1e-9);
            Assert.Equal(spent / step.Step * (4 - step.Step), step.SecondsLeft, 1e-9);
        }
        Assert.Equal(6, recorder.Steps.Take(2).Sum(step => step.Tokens / 5));
    }

    [Fact]
    public void The_padding_share_is_that_of_the_batchs_places()
    {
        using var folder = new TemporaryFolder();
        using LanguageModel model = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, ["a", "b"], 1);
        var recorder = new Recorder();
        Trainer.Run(
            model, new ToyData([[2, 3], [2, 3, 4, 5], [2, 3, 4]], [0, 1, 0]), null, Options with { BatchSize = 3, Epochs = 1 }, folder.Path, recorder, TestContext.Current.CancellationToken);
        TrainingStep step = Assert.Single(recorder.Steps);
        Assert.Equal((9, 0.25), (step.Tokens, step.PaddingShare));
        Assert.True(step.Utilization > 0);
    }

    [Fact]
    public void Checkpoints_are_written_when_the_last_one_is_so_old()
    {
        using var folder = new TemporaryFolder();
        using LanguageModel model = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, ["a", "b"], 1);
        var clock = new ManualClock();
        // 10 steps an epoch, 4 seconds each.
        var recorder = new Recorder { AtStep = _ => clock.Advance(4) };
        Trainer.Run(
            model, ToyData.Make(40), null, Options with { CheckpointEverySeconds = 10, KeepCheckpoints = 3 }, folder.Path, recorder, null, null, clock, TestContext.Current.CancellationToken);
        Assert.Equal([3, 6, 9, 10, 13, 16, 19, 20], recorder.Checkpoints);
        Assert.Equal(["step-00000016", "step-00000019", "step-00000020"], Directory.GetDirectories(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }
}
