using System.Runtime.InteropServices;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Learning.Training;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Training;

public class StepRunnerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public void Pieces_of_a_batch_give_the_update_of_the_whole_batch(int microBatchSize)
    {
        float[][] whole = Train(0, out double lossOfWhole), pieces = Train(microBatchSize, out double lossOfPieces);
        Assert.Equal(lossOfWhole, lossOfPieces, 1e-5);
        for (int p = 0; p < whole.Length; p++)
        {
            for (int i = 0; i < whole[p].Length; i++)
                Assert.Equal(whole[p][i], pieces[p][i], 1e-5);
        }

        static float[][] Train(int size, out double loss)
        {
            // Without dropout, whose draws depend on the pieces; Adam's first steps would blow rounding up to whole steps without a large epsilon.
            EncoderConfig config = ToyData.Config with { HiddenDropout = 0, AttentionDropout = 0 };
            using LanguageModel model = LanguageModel.Create(config, ModelTask.SequenceClassification, ["no", "yes"], seed: 3);
            using var folder = new TemporaryFolder();
            var options = new TrainingOptions { Epochs = 1, BatchSize = 8, MicroBatchSize = size, LearningRate = 5e-3, Epsilon = 1e-2, Threads = 1 };
            TrainingResult result = Trainer.Run(model, ToyData.Make(30), null, options, folder.Path);
            loss = result.History[0].TrainingLoss;
            return [.. model.Parameters.Select(parameter => parameter.Value.detach().data<float>().ToArray())];
        }
    }

    [Fact]
    public void When_memory_runs_out_the_pieces_are_halved_and_the_batch_stays()
    {
        using var session = TorchSession.Enter(1);
        using var task = Cramped(room: 3, count: 16);
        var notes = new Notes();
        var options = new TrainingOptions { BatchSize = 16 };
        using var optimizer = new AdamW(task.Parameters, options, threads: 1);
        var runner = new StepRunner(task, optimizer, options, notes);
        StepOutcome outcome = runner.Run([.. Enumerable.Range(0, 16)], epoch: 0, stepInEpoch: 0, rate: 1, step: 1);
        Assert.Equal((16.0, 2), (outcome.Weight, runner.MicroBatchSize));
        // What the pieces come to together, the tries that failed not counted.
        Assert.Equal((80, 128, 16e6), (outcome.Tokens, outcome.Places, outcome.Operations));
        Assert.Equal(Enumerable.Range(0, 16), task.Computed);
        // The mean of x times its index over the batch has the gradient 7.5.
        Assert.Equal(7.5, outcome.GradientNorm, 1e-6);
        Assert.Equal([16, 8, 4], notes.All.Select(note => int.Parse(note.Split(' ')[4], System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void A_cancelled_step_ends_before_its_next_piece_and_updates_nothing()
    {
        using var session = TorchSession.Enter(1);
        using var task = Cramped(room: 16, count: 16);
        var options = new TrainingOptions { BatchSize = 16, MicroBatchSize = 4 };
        using var optimizer = new AdamW(task.Parameters, options, threads: 1);
        var runner = new StepRunner(task, optimizer, options, new Notes());
        Assert.Throws<OperationCanceledException>(() => runner.Run([.. Enumerable.Range(0, 16)], 0, 0, 1, 1, new CancellationToken(canceled: true)));
        Assert.Empty(task.Computed);
    }

    [Fact]
    public void When_one_sequence_does_not_fit_the_message_says_how_long_it_is_and_what_helps()
    {
        using var session = TorchSession.Enter(1);
        using var task = Cramped(room: 0);
        var options = new TrainingOptions { BatchSize = 4 };
        using var optimizer = new AdamW(task.Parameters, options, threads: 1);
        var runner = new StepRunner(task, optimizer, options, new Notes());
        var exception = Assert.Throws<TrainingException>(() => runner.Run([0, 1, 2, 3], 0, 0, 1, 1));
        Assert.StartsWith("Memory ran out on cpu with a single sequence of 5 tokens. Tokenize with a smaller MaxLength", exception.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void When_memory_runs_out_in_the_update_it_is_not_tried_again()
    {
        using var session = TorchSession.Enter(1);
        using FakeTask task = Cramped(room: 16, count: 16);
        var optimizer = new DyingOptimizer();
        var notes = new Notes();
        var runner = new StepRunner(task, optimizer, new TrainingOptions { BatchSize = 16 }, notes);
        var exception = Assert.Throws<TrainingException>(() => runner.Run([.. Enumerable.Range(0, 16)], 0, 0, 1, step: 3));
        Assert.StartsWith("Memory ran out on cpu in the update of step 3, after its gradients were there", exception.Message, StringComparison.Ordinal);
        Assert.Equal((1, 0, 0), (optimizer.Steps, runner.MicroBatchSize, notes.All.Count));
    }

    [Fact]
    public void A_real_failed_allocation_in_a_forward_pass_is_halved()
    {
        using var session = TorchSession.Enter(1);
        // 128 TiB: more than any address space has.
        using var task = new FakeTask(8, (x, indices) => indices.Length > 2 ? torch.empty([1L << 45], torch.float32) : x.Times(indices.Sum()));
        var notes = new Notes();
        using var optimizer = new AdamW(task.Parameters, new TrainingOptions(), threads: 1);
        var runner = new StepRunner(task, optimizer, new TrainingOptions { BatchSize = 8 }, notes);
        StepOutcome outcome = runner.Run([.. Enumerable.Range(0, 8)], 0, 0, 1, 1);
        Assert.Equal((8.0, 28.0, 2, 2), (outcome.Weight, outcome.LossSum, runner.MicroBatchSize, notes.All.Count));
        Assert.Equal(3.5, outcome.GradientNorm, 1e-6);
    }

    [Fact]
    public void A_failed_allocation_of_libtorch_is_recognized_and_another_error_is_not()
    {
        TorchRuntime.EnsureLoaded();
        Assert.True(MemoryShortage.Is(Assert.ThrowsAny<Exception>(() => torch.empty([1L << 45], torch.float32))));
        Assert.False(MemoryShortage.Is(Assert.ThrowsAny<Exception>(() => torch.zeros(2, 3).reshape(7))));
    }

    private sealed class Notes : ITrainingObserver
    {
        public List<string> All { get; } = [];

        public void OnNote(string message) => All.Add(message);
    }

    /// <summary>A task with room for a few sequences: the loss of sequence i is i times its one parameter.</summary>
    private static FakeTask Cramped(int room, int count = 4) => new(count, (x, indices) => indices.Length > room
        ? throw new ExternalException("DefaultCPUAllocator: can't allocate memory: you tried to allocate much") : x.Times(indices.Sum()));

    private sealed class DyingOptimizer : IOptimizer
    {
        public int Steps { get; private set; }

        public double Step(double rate, long step, double gradientScale = 1)
        {
            Steps++;
            throw new ExternalException("CUDA out of memory. Tried to allocate 2.00 GiB");
        }

        public void ClearGradients()
        {
        }
    }
}
