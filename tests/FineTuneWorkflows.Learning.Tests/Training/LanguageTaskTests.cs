using FineTuneWorkflows.Foundation.Randomness;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Learning.Training.Tasks;

namespace FineTuneWorkflows.Learning.Tests.Training;

public class LanguageTaskTests
{
    private static readonly MaskingOptions Masking = new() { MaskTokenId = 4, SpecialTokenIds = [0, 1, 2, 3] };

    private static readonly TrainingOptions Options = new()
    {
        Epochs = 8, BatchSize = 16, LearningRate = 1e-2, Threads = 1, CheckpointEverySteps = 7, CheckpointEverySeconds = 0,
    };

    [Theory]
    [InlineData("bert")]
    [InlineData("roberta")]
    [InlineData("distilbert")]
    public void A_model_learns_which_token_a_mask_hides(string family)
    {
        using var folder = new TemporaryFolder();
        TrainingResult result = Train(folder, family, new Observer(0));
        double before = result.History[0].Metrics["validation/loss"], after = result.Metrics["validation/loss"];
        Assert.True(after < 0.75 * before, $"{before} to {after}");
        Assert.Equal(Math.Exp(after), result.Metrics["validation/perplexity"], 1e-9 * Math.Exp(after));

        // The base that comes of it starts a classifier: everything but the head is taken.
        var notes = new List<string>();
        using LanguageModel classifier = LanguageModel.FromPretrained(folder["model"], ModelTask.SequenceClassification, ["a", "b"], note: notes.Add);
        using LanguageModel loaded = LanguageModel.Load(folder["model"]);
        Assert.Equal(ModelTask.MaskedLanguageModeling, loaded.Task);
        foreach (ModelParameter parameter in classifier.Parameters.Where(p => loaded.Find(p.Name) is not null))
            Assert.Equal(loaded.Find(parameter.Name)!.Value.data<float>().ToArray(), parameter.Value.data<float>().ToArray());
    }

    [Fact]
    public void Killed_and_resumed_a_masked_training_has_the_same_digest()
    {
        using TemporaryFolder whole = new(), killed = new();
        Train(whole, "bert", new Observer(0));
        Assert.Throws<KilledException>(() => Train(killed, "bert", new Observer(9)));
        Assert.Throws<KilledException>(() => Train(killed, "bert", new Observer(16)));
        Train(killed, "bert", new Observer(0));
        Assert.Equal(File.ReadAllBytes(whole["model", "model.safetensors"]), File.ReadAllBytes(killed["model", "model.safetensors"]));
    }

    private static TrainingResult Train(TemporaryFolder folder, string family, ITrainingObserver observer)
    {
        EncoderConfig config = EncoderConfig.For(family) with
        {
            VocabSize = 40, HiddenSize = 32, LayerCount = 1, HeadCount = 2, IntermediateSize = 64, MaxPositions = 24,
        };
        using LanguageModel model = LanguageModel.Create(config, ModelTask.MaskedLanguageModeling, [], seed: 3);
        TrainingResult result = Trainer.Run(
            model, Repeating(160, 1), Repeating(40, 2), Options, folder["work"], observer, TestContext.Current.CancellationToken, Masking);
        model.Save(folder["model"]);
        return result;
    }

    /// <summary>Sequences of one token over and over, so that a hidden one is like its neighbours.</summary>
    private static ToyData Repeating(int count, long seed)
    {
        var random = new SplitMix64(DerivedSeed.For(seed, "repeating"));
        int[][] tokens = new int[count][];
        for (int i = 0; i < count; i++)
        {
            int token = 5 + random.NextBelow(35);
            tokens[i] = [2, .. Enumerable.Repeat(token, 6 + random.NextBelow(8)), 3];
        }
        return new ToyData(tokens, new int[count]);
    }

    private sealed class KilledException : Exception;

    private sealed class Observer(long killAt) : ITrainingObserver
    {
        public void OnStep(TrainingStep step)
        {
            if (step.Step == killAt)
                throw new KilledException();
        }
    }
}
