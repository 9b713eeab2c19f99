using CsCheck;
using FineTuneWorkflows.Foundation.Randomness;
using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Learning.Training;

namespace FineTuneWorkflows.Learning.Tests.Inference;

public class TextGeneratorModelTests
{
    private const int End = 1;
    private static readonly GenerationOptions Greedy = new() { Temperature = 0, MaxNewTokens = 8 };

    [Theory]
    [InlineData("gpt2")]
    [InlineData("llama")]
    public void A_model_that_learned_to_count_counts(string family)
    {
        using var folder = new TemporaryFolder();
        TrainingResult result = Train(folder, family);
        Assert.True(result.Metrics["validation/accuracy"] > 0.9, $"accuracy {result.Metrics["validation/accuracy"]}");
        using TextGeneratorModel model = TextGeneratorModel.Load(folder["model"]);
        Assert.Equal([13, 14, 15, 16], model.Generate([10, 11, 12], Greedy with { MaxNewTokens = 4 }, TestContext.Current.CancellationToken));
        // 29 is the last number, and the end comes after it.
        Assert.Equal([27, 28, 29], model.Generate([24, 25, 26], Greedy, TestContext.Current.CancellationToken));
        Assert.Equal([13, 14], model.Generate([10, 11, 12], Greedy with { StopTokenIds = [15] }, TestContext.Current.CancellationToken));
        // A low temperature and a small nucleus leave the likeliest token alone.
        Assert.Equal([13, 14, 15], model.Generate([10, 11, 12], new() { Temperature = 0.01, TopP = 1, MaxNewTokens = 3 }, TestContext.Current.CancellationToken));
        Assert.Equal([13, 14, 15], model.Generate([10, 11, 12], new() { Temperature = 1, TopP = 0.01, MaxNewTokens = 3 }, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Writing_ends_with_the_positions()
    {
        using var folder = new TemporaryFolder();
        using TextGeneratorModel model = Saved(folder);
        Assert.Equal(24 - 3, model.Generate([5, 6, 7], Greedy with { MaxNewTokens = 100 }, TestContext.Current.CancellationToken).Count);
    }

    [Fact]
    public void A_seed_gives_its_text_and_another_one_another()
    {
        using var folder = new TemporaryFolder();
        using TextGeneratorModel model = Saved(folder);
        var drawn = new GenerationOptions { Temperature = 2, TopP = 1, MaxNewTokens = 16 };
        IReadOnlyList<int> Text(long seed) => model.Generate([5, 6, 7], drawn with { Seed = seed }, TestContext.Current.CancellationToken);
        Assert.Equal(Text(1), Text(1));
        Assert.NotEqual(Text(1), Text(2));
    }

    [Fact]
    public void Tokens_are_drawn_as_often_as_they_are_likely_and_never_outside_the_nucleus()
    {
        // Probabilities 0.5, 0.3, 0.15, 0.05.
        float[] logits = [.. new[] { 0.3, 0.05, 0.5, 0.15 }.Select(p => (float)Math.Log(p))];
        int[] all = Counts(new GenerationOptions { Temperature = 1, TopP = 1, Seed = 3 });
        Assert.Equal([0.3, 0.05, 0.5, 0.15], all.Select(count => count / 20_000.0), (a, b) => Math.Abs(a - b) < 0.015);
        int[] nucleus = Counts(new GenerationOptions { Temperature = 1, TopP = 0.75, Seed = 3 });
        Assert.Equal([0.375, 0, 0.625, 0], nucleus.Select(count => count / 20_000.0), (a, b) => Math.Abs(a - b) < 0.015);
        // Half the temperature squares the odds.
        int[] cold = Counts(new GenerationOptions { Temperature = 0.5, TopP = 1, Seed = 3 });
        Assert.Equal(0.25 / (0.25 + 0.09 + 0.0225 + 0.0025), cold[2] / 20_000.0, 0.015);

        int[] Counts(GenerationOptions options)
        {
            var sampler = new TokenSampler(options);
            int[] counts = new int[4];
            for (int place = 0; place < 20_000; place++)
                counts[sampler.Choose(logits, place)]++;
            return counts;
        }
    }

    [Fact]
    public void A_nucleus_is_the_head_of_all_tokens_in_their_order_whatever_the_vocabulary()
    {
        Gen.Select(Gen.Int[1, 3000], Gen.Double[0.05, 20], Gen.Double[0.01, 0.999], Gen.Int[0, 1000]).Sample((tokens, temperature, topP, seed) =>
        {
            var random = new SplitMix64((ulong)seed);
            // Whole numbers at times, so that there are equals.
            float[] logits = [.. Enumerable.Range(0, tokens).Select(_ => seed % 2 == 0 ? random.NextBelow(9) : (float)(random.NextDouble() * 30))];
            var options = new GenerationOptions { Temperature = temperature, TopP = topP, Seed = seed };
            var sampler = new TokenSampler(options);
            for (int place = 0; place < 5; place++)
                Assert.Equal(BySortingAll(logits, options, place), sampler.Choose(logits, place));
        }, iter: 300);
    }

    /// <summary>The definition: sort every token, keep the first that sum to the share, draw one.</summary>
    private static int BySortingAll(float[] logits, GenerationOptions options, int place)
    {
        float highest = logits.Max();
        double[] weights = [.. logits.Select(logit => Math.Exp((logit - highest) / options.Temperature))];
        int[] ids = [.. Enumerable.Range(0, weights.Length).OrderByDescending(id => weights[id]).ThenBy(id => id)];
        double bound = options.TopP * weights.Sum(), kept = 0;
        int count = 0;
        while (count < ids.Length && (count == 0 || kept < bound))
            kept += weights[ids[count++]];
        double drawn = new SplitMix64(DerivedSeed.For(options.Seed, "generate", place)).NextDouble() * kept;
        foreach (int id in ids[..(count - 1)])
        {
            drawn -= weights[id];
            if (drawn < 0)
                return id;
        }
        return ids[count - 1];
    }

    [Fact]
    public void What_cannot_be_gone_on_from_is_refused()
    {
        using var folder = new TemporaryFolder();
        using TextGeneratorModel model = Saved(folder);
        Assert.Contains("0 tokens", Refused([]), StringComparison.Ordinal);
        Assert.Contains("24 tokens; it must have 1 to 23", Refused(new int[24]), StringComparison.Ordinal);
        Assert.Contains("token id 30", Refused([3, 30]), StringComparison.Ordinal);
        Assert.Contains("Temperature is -1", Refused([3], new() { Temperature = -1 }), StringComparison.Ordinal);
        Assert.Contains("TopP is 0", Refused([3], new() { TopP = 0 }), StringComparison.Ordinal);
        Assert.Contains("MaxNewTokens is 0", Refused([3], new() { MaxNewTokens = 0 }), StringComparison.Ordinal);
        using LanguageModel classifier = LanguageModel.Create(Config("gpt2"), ModelTask.SequenceClassification, ["a", "b"], seed: 1);
        classifier.Save(folder["classifier"]);
        Assert.Contains("for SequenceClassification", Assert.Throws<ModelException>(() => TextGeneratorModel.Load(folder["classifier"])).Message, StringComparison.Ordinal);

        string Refused(int[] prompt, GenerationOptions? options = null) =>
            Assert.Throws<ModelException>(() => model.Generate(prompt, options, TestContext.Current.CancellationToken)).Message;
    }

    [Fact]
    public void Of_conversations_only_what_counts_is_learned()
    {
        // Question tokens are random and never count; the answer repeats the question's first token.
        using var folder = new TemporaryFolder();
        var random = new SplitMix64(5);
        int[][] tokens = [.. Enumerable.Range(0, 300).Select(_ =>
        {
            int[] question = [5 + random.NextBelow(20), 5 + random.NextBelow(20), 3];
            return (int[])[.. question, question[0], End];
        })];
        int[][] labels = [.. tokens.Select(row => (int[])[-100, -100, -100, row[3], row[4]])];
        var data = new LabelledData(tokens) { TokenLabels = labels };
        using LanguageModel model = LanguageModel.Create(Config("llama"), ModelTask.CausalLanguageModeling, [], seed: 1);
        TrainingResult result = Trainer.Run(model, data, data, Options with { Epochs = 12 }, folder["work"], cancellation: TestContext.Current.CancellationToken);
        // Were the questions counted, half of the tokens could not be known.
        Assert.True(result.Metrics["validation/accuracy"] > 0.95, $"accuracy {result.Metrics["validation/accuracy"]}");
        model.Save(folder["model"]);
        using TextGeneratorModel generator = TextGeneratorModel.Load(folder["model"]);
        Assert.Equal([17], generator.Generate([17, 9, 3], Greedy, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Data_without_a_token_to_learn_is_refused()
    {
        using var folder = new TemporaryFolder();
        using LanguageModel model = LanguageModel.Create(Config("gpt2"), ModelTask.CausalLanguageModeling, [], seed: 1);
        Assert.Contains("no token to learn", Assert.Throws<TrainingException>(() => Trainer.Run(
            model, new LabelledData([[3], [4]]), null, Options, folder["work"], cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    private static readonly TrainingOptions Options = new()
    {
        Epochs = 8, BatchSize = 16, LearningRate = 5e-3, Threads = 1, CheckpointEverySeconds = 0,
    };

    private static DecoderConfig Config(string family) => DecoderConfig.For(family) with
    {
        VocabSize = 30, HiddenSize = 32, LayerCount = 2, HeadCount = 2, IntermediateSize = 64, MaxPositions = 24, PadTokenId = 0, StartTokenId = null,
        EndTokenIds = [End], HiddenDropout = 0, AttentionDropout = 0, EmbeddingDropout = 0,
    };

    private static TextGeneratorModel Saved(TemporaryFolder folder)
    {
        using LanguageModel model = RandomModel.Create(Config("gpt2") with { EndTokenIds = [] }, ModelTask.CausalLanguageModeling);
        model.Save(folder["model"]);
        return TextGeneratorModel.Load(folder["model"]);
    }

    /// <summary>Numbers from 5 to 29 in order, from anywhere on, then the end.</summary>
    private static TrainingResult Train(TemporaryFolder folder, string family)
    {
        int[][] tokens = [.. Enumerable.Range(0, 200).Select(i =>
        {
            int first = 5 + (i * 7 % 22), count = 3 + (i % 9);
            return (int[])[.. Enumerable.Range(first, Math.Min(count, 30 - first)), .. first + count >= 30 ? [End] : Array.Empty<int>()];
        })];
        using LanguageModel model = LanguageModel.Create(Config(family), ModelTask.CausalLanguageModeling, [], seed: 3);
        TrainingResult result = Trainer.Run(
            model, new LabelledData(tokens[..160]), new LabelledData(tokens[160..]), Options, folder["work"], cancellation: TestContext.Current.CancellationToken);
        model.Save(folder["model"]);
        return result;
    }
}
