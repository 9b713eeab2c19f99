using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Learning.Training;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Training;

/// <summary>A training whose numbers stop being finite stops, and says where.</summary>
public class DivergenceTests
{
    private const int Poison = 9;

    private static readonly TrainingOptions Options = new() { Epochs = 4, BatchSize = 16, Threads = 1 };

    [Fact]
    public void Weights_that_are_no_numbers_any_more_are_named_with_step_epoch_batch_and_last_checkpoint()
    {
        using var folder = new TemporaryFolder();
        using LanguageModel model = Model();
        DivergenceException exception = Diverge(model, ToyData.Make(48), null, Options, folder, new Spoiler(model, atStep: 5));
        Assert.Equal((2, 6L, 3, 16, folder["step-00000003"]), (exception.Epoch, exception.Step, exception.Batch, exception.Examples.Count, exception.LastGoodCheckpoint));
        Assert.StartsWith("The loss became NaN at step 6 of 12, in epoch 2, batch 3 of 3 (examples ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(" and 8 more of the training data). The weights are not finite any more, bert.embeddings.word_embeddings.weight the first of them.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_example_is_named_whose_loss_alone_is_no_number()
    {
        using var folder = new TemporaryFolder();
        using LanguageModel model = Model();
        Overflow(model, Poison);
        ToyData data = ToyData.Make(48);
        data.Tokens[31][1] = Poison;
        DivergenceException exception = Diverge(model, data, null, Options, folder);
        Assert.Contains(31, exception.Examples);
        Assert.Contains("The loss of example 31 alone is NaN. ", exception.Message, StringComparison.Ordinal);
        Assert.Equal(Batcher.Shuffled(data, 16, Options.Seed, 0)[exception.Batch - 1], exception.Examples);
    }

    [Fact]
    public void The_example_is_named_whose_gradient_alone_is_infinite()
    {
        using var folder = new TemporaryFolder();
        // The root of 0 is 0, and its slope infinite.
        using var task = new FakeTask(6, (x, indices) => indices.Contains(4) ? x.Plus(-1).abs().sqrt() : x);
        using var loop = new TrainingLoop(task, Options with { BatchSize = 6 }, folder.Path, SilentObserver.Instance);
        var exception = Assert.Throws<DivergenceException>(() => loop.Run(CancellationToken.None));
        Assert.StartsWith("The gradient norm became ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("The gradient of example 4 alone is not finite, at x first.", exception.Message, StringComparison.Ordinal);
        Assert.Equal(1.0, task.Parameters[0].Value.Number());
    }

    [Fact]
    public void A_validation_loss_that_is_no_number_stops_the_training()
    {
        using var folder = new TemporaryFolder();
        using LanguageModel model = Model();
        Overflow(model, Poison);
        ToyData validation = ToyData.Make(20, seed: 2);
        validation.Tokens[3][1] = Poison;
        DivergenceException exception = Diverge(model, ToyData.Make(48), validation, Options, folder);
        Assert.StartsWith("The validation loss became NaN at step 3 of 12, in epoch 1, batch 3 of 3. ", exception.Message, StringComparison.Ordinal);
        Assert.Empty(exception.Examples);
        Assert.EndsWith("There is no checkpoint before it.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_perplexity_beyond_all_numbers_stops_the_training()
    {
        using var folder = new TemporaryFolder();
        DecoderConfig config = DecoderConfig.For("gpt2") with { VocabSize = 60, HiddenSize = 16, LayerCount = 1, HeadCount = 2, IntermediateSize = 32, MaxPositions = 24, StartTokenId = null, EndTokenIds = [] };
        using LanguageModel model = LanguageModel.Create(config, ModelTask.CausalLanguageModeling, [], seed: 3);
        using (torch.no_grad())
            model.Find("transformer.ln_f.weight")!.Value.Fill(1e6);
        DivergenceException exception = Diverge(model, ToyData.Make(48), ToyData.Make(20, seed: 2), Options, folder);
        Assert.StartsWith("The validation perplexity became Infinity at step 3", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_of_weights_that_are_no_numbers_is_never_written()
    {
        using var folder = new TemporaryFolder();
        using LanguageModel model = Model();
        DivergenceException exception = Diverge(model, ToyData.Make(48), null, Options with { CheckpointEverySteps = 1 }, folder, new Spoiler(model, atStep: 5));
        Assert.StartsWith("The update left bert.embeddings.word_embeddings.weight with numbers that are not finite at step 5 of 12, in epoch 2, batch 2 of 3", exception.Message, StringComparison.Ordinal);
        Assert.Equal(folder["step-00000004"], exception.LastGoodCheckpoint);
        Assert.Equal(["step-00000003", "step-00000004"], Directory.GetDirectories(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        TrainingCheckpoint.Read(exception.LastGoodCheckpoint!);
    }

    private static LanguageModel Model() => LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, ["a", "b"], 1);

    // Finite by themselves, but not their sums.
    private static void Overflow(LanguageModel model, int token)
    {
        using var noGrad = torch.no_grad();
        model.Parameters[0].Value[token].Fill(3e38f);
    }

    private static DivergenceException Diverge(
        LanguageModel model, ToyData training, ToyData? validation, TrainingOptions options, TemporaryFolder folder, ITrainingObserver? observer = null) =>
        Assert.Throws<DivergenceException>(() => Trainer.Run(model, training, validation, options, folder.Path, observer, TestContext.Current.CancellationToken));

    private sealed class Spoiler(LanguageModel model, long atStep) : ITrainingObserver
    {
        public void OnStep(TrainingStep step)
        {
            using var noGrad = torch.no_grad();
            if (step.Step == atStep)
                model.Parameters[0].Value.Fill(float.NaN);
        }
    }
}
