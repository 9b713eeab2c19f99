using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Learning.Training.Tasks;

namespace FineTuneWorkflows.Learning.Tests.Inference;

public sealed class MaskedTokenModelTests : IDisposable
{
    private const int Mask = 1;
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_model_that_learned_what_stands_between_two_tokens_guesses_it()
    {
        // The middle token is the first and the last one together.
        int[][] texts = [.. Enumerable.Range(0, 160).Select(i => (int[])[2 + (i % 3), 10 + (i % 3), 2 + (i % 3)])];
        using (LanguageModel model = LanguageModel.Create(Config, ModelTask.MaskedLanguageModeling, [], seed: 3))
        {
            var options = new TrainingOptions { Epochs = 30, BatchSize = 16, LearningRate = 3e-3, Threads = 1, CheckpointEverySeconds = 0 };
            var data = new LabelledData(texts);
            Trainer.Run(model, data, null, options, folder["work"], masking: new MaskingOptions { MaskTokenId = Mask, SpecialTokenIds = [0, Mask], Probability = 0.4 }, cancellation: Token);
            model.Save(folder["model"]);
        }
        using MaskedTokenModel trained = MaskedTokenModel.Load(folder["model"]);
        var guesses = trained.Guess([[3, Mask, 3], [2, Mask, 2], [4, Mask, 4]], Mask, cancellation: Token);
        Assert.Equal([11, 10, 12], guesses.Select(masks => Assert.Single(masks)[0].TokenId));
        Assert.All(guesses, masks => Assert.InRange(masks[0][0].Probability, 0.5, 1));
    }

    [Fact]
    public void Each_mask_has_its_own_list_the_likeliest_first_and_batches_change_nothing()
    {
        using MaskedTokenModel model = Random();
        int[][] texts = [[5, Mask, 7], [5, 6], [Mask, 6, Mask, 9, 3], [Mask]];
        var together = model.Guess(texts, Mask, 4, 32, Token);
        Assert.Equal([1, 0, 2, 1], together.Select(masks => masks.Count));
        Assert.All(together.SelectMany(masks => masks), list =>
        {
            Assert.Equal(4, list.Count);
            Assert.Equal(list.OrderByDescending(g => g.Probability), list);
            Assert.Equal(4, list.Select(g => g.TokenId).Distinct().Count());
        });
        for (int i = 0; i < texts.Length; i++)
        {
            var alone = Assert.Single(model.Guess([texts[i]], Mask, 4, 1, Token));
            Assert.Equal(alone.SelectMany(list => list.Select(g => g.TokenId)), together[i].SelectMany(list => list.Select(g => g.TokenId)));
        }
    }

    [Fact]
    public void All_of_a_vocabulary_sums_to_one_and_more_is_not_there()
    {
        using MaskedTokenModel model = Random();
        var list = Assert.Single(Assert.Single(model.Guess([[4, Mask]], Mask, 1000, 32, Token)));
        Assert.Equal(20, list.Count);
        Assert.Equal(1, list.Sum(g => g.Probability), 1e-5);
    }

    [Fact]
    public void A_model_for_something_else_is_refused()
    {
        using (LanguageModel model = LanguageModel.Create(Config, ModelTask.SequenceClassification, ["a", "b"], seed: 3))
            model.Save(folder["classifier"]);
        Assert.Contains("for SequenceClassification, not for MaskedLanguageModeling", Assert.Throws<ModelException>(() => MaskedTokenModel.Load(folder["classifier"])).Message, StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static EncoderConfig Config => EncoderConfig.For("bert") with
    {
        VocabSize = 20, HiddenSize = 32, LayerCount = 1, HeadCount = 2, IntermediateSize = 64, MaxPositions = 8, PadTokenId = 0, HiddenDropout = 0, AttentionDropout = 0,
    };

    private MaskedTokenModel Random()
    {
        using (LanguageModel model = RandomModel.Create(Config, ModelTask.MaskedLanguageModeling))
            model.Save(folder["random"]);
        return MaskedTokenModel.Load(folder["random"]);
    }
}
