using CsCheck;
using FineTuneWorkflows.Learning.Tests.Support.Reference;

namespace FineTuneWorkflows.Learning.Tests.Models;

/// <summary>What must hold of the decoders' reference whatever its weights, so that a model that agrees with it agrees with the papers.</summary>
public class ReferenceDecoderTests
{
    private const int Vocabulary = 11;
    private static readonly int[] Tokens = [3, 7, 7, 1, 10, 4, 0];
    private static readonly ReferenceDecoderShape Gpt2 = new()
    {
        Width = 8, Layers = 2, Heads = 2, Epsilon = 1e-5, Activation = "gelu_new", Prefix = "transformer.",
    };

    private static readonly ReferenceDecoderShape Llama = new() { Width = 12, Layers = 2, Heads = 4, KeyHeads = 2, HeadSize = 6, Epsilon = 1e-6 };

    [Fact]
    public void A_later_token_changes_nothing_before_it()
    {
        int[] other = [.. Tokens[..4], 9, 9, 9];
        var gpt2 = new ReferenceGpt2(Gpt2, new ReferenceWeights(RandomWeights.Gpt2(Gpt2, Vocabulary, 8, 16)));
        var llama = new ReferenceLlama(Llama, new ReferenceWeights(RandomWeights.Llama(Llama, Vocabulary, 16)));
        foreach (Func<int[], Real[][]> hidden in new Func<int[], Real[][]>[] { tokens => gpt2.Hidden(tokens), tokens => llama.Hidden(tokens) })
        {
            Assert.Equal(Values(hidden(Tokens)[..4]), Values(hidden(other)[..4]));
            Assert.NotEqual(Values(hidden(Tokens)[4..]), Values(hidden(other)[4..]));
        }
    }

    [Fact]
    public void A_window_of_one_sees_the_token_alone_and_a_window_as_long_as_the_text_sees_all()
    {
        Dictionary<string, double[]> weights = RandomWeights.Llama(Llama, Vocabulary, 16);
        Real[][] Hidden(int? window, int first, int[] tokens) =>
            new ReferenceLlama(Llama with { Window = window, FirstWindowLayer = first }, new ReferenceWeights(weights)).Hidden(tokens);
        Assert.Equal(Values(Hidden(null, 0, Tokens)), Values(Hidden(Tokens.Length, 0, Tokens)));
        Assert.Equal(Values(Hidden(null, 0, Tokens)), Values(Hidden(1, 2, Tokens)));
        Assert.NotEqual(Values(Hidden(null, 0, Tokens)), Values(Hidden(1, 1, Tokens)));
        // What attends to itself alone does not see where it stands: rotation leaves its own value as it is.
        Real[][] alone = Hidden(1, 0, Tokens);
        Assert.Equal(Values([alone[1]]), Values([alone[2]]), Same);
        Assert.Equal(Values(Hidden(1, 0, [Tokens[3]])), Values([alone[3]]), Same);
    }

    [Fact]
    public void Positions_count_by_their_distance()
    {
        // A token is left out of sight at the front: the others move by one place and stay as they are.
        Dictionary<string, double[]> weights = RandomWeights.Llama(Llama, Vocabulary, 16, biases: true, headNorms: true);
        var llama = new ReferenceLlama(Llama with { Theta = 100 }, new ReferenceWeights(weights));
        Assert.Equal(Values(llama.Hidden(Tokens)), Values(llama.Hidden([5, .. Tokens], (t, s) => t == 0 || s > 0)[1..]), Same);
        Assert.NotEqual(Values(llama.Hidden(Tokens)[6..]), Values(new ReferenceLlama(Llama, new ReferenceWeights(weights)).Hidden(Tokens)[6..]));
    }

    [Fact]
    public void A_shared_key_head_equals_its_copies()
    {
        Dictionary<string, double[]> shared = RandomWeights.Llama(Llama, Vocabulary, 16, biases: true);
        var copied = new Dictionary<string, double[]>(shared, StringComparer.Ordinal);
        foreach (string name in shared.Keys.Where(name => name.Contains("k_proj.", StringComparison.Ordinal)
            || name.Contains("v_proj.", StringComparison.Ordinal)))
            copied[name] = [.. shared[name].Chunk(shared[name].Length / 2).SelectMany(head => head.Concat(head))];
        Assert.Equal(
            Values(new ReferenceLlama(Llama, new ReferenceWeights(shared)).Hidden(Tokens)),
            Values(new ReferenceLlama(Llama with { KeyHeads = 4 }, new ReferenceWeights(copied)).Hidden(Tokens)), Same);
    }

    [Fact]
    public void A_tied_output_equals_an_own_one_with_the_same_rows()
    {
        Dictionary<string, double[]> tied = RandomWeights.Llama(Llama, Vocabulary, 16), untied = new(tied, StringComparer.Ordinal)
        {
            ["lm_head.weight"] = tied["model.embed_tokens.weight"],
        };
        ReferenceLlama a = new(Llama, new ReferenceWeights(tied)), b = new(Llama, new ReferenceWeights(untied));
        Real[] logits = a.Logits(a.Hidden(Tokens)[^1]);
        Assert.Equal(Vocabulary, logits.Length);
        Assert.Equal(Values([logits]), Values([b.Logits(b.Hidden(Tokens)[^1])]));
    }

    [Fact]
    public void Stretched_positions_lie_where_linear_scaling_says()
    {
        // Every second place, stretched by two, is where the token was.
        Dictionary<string, double[]> weights = RandomWeights.Llama(Llama, Vocabulary, 16);
        Real[][] plain = new ReferenceLlama(Llama, new ReferenceWeights(weights)).Hidden(Tokens);
        int[] spread = [.. Tokens.SelectMany(token => new[] { token, 5 })];
        Real[][] stretched = new ReferenceLlama(Llama with { Scaling = new ReferenceRotaryScaling("linear", 2) }, new ReferenceWeights(weights))
            .Hidden(spread, (t, s) => t % 2 == 1 || s % 2 == 0);
        Assert.Equal(Values(plain), Values([.. stretched.Where((_, t) => t % 2 == 0)]), Same);
    }

    [Fact]
    public void Llama3_scaling_keeps_short_waves_stretches_long_ones_and_is_continuous_between() =>
        Gen.Select(Gen.Double[1e-6, 1], Gen.Double[1.5, 32], Gen.Double[1, 2], Gen.Double[3, 8]).Sample((frequency, factor, low, high) =>
        {
            var scaling = new ReferenceRotaryScaling("llama3", factor) { LowFrequencyFactor = low, HighFrequencyFactor = high, TrainedLength = 512 };
            double turns = 512 * frequency / (2 * Math.PI), scaled = scaling.Apply(frequency);
            if (turns > high)
                return scaled == frequency;
            if (turns < low)
                return scaled == frequency / factor;
            double shortest = 2 * Math.PI * high / 512 * (1 - 1e-9), longest = 2 * Math.PI * low / 512 * (1 + 1e-9);
            return scaled <= frequency && scaled >= frequency / factor
                && Math.Abs((scaling.Apply(shortest) / shortest) - 1) < 1e-6 && Math.Abs((scaling.Apply(longest) * factor / longest) - 1) < 1e-6;
        });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradients_equal_central_differences(bool gpt2)
    {
        var scaling = new ReferenceRotaryScaling("llama3", 4) { TrainedLength = 8 };
        ReferenceDecoderShape shape = gpt2 ? Gpt2 : Llama with { Window = 3, FirstWindowLayer = 1, Scaling = scaling };
        Dictionary<string, double[]> values = gpt2 ? RandomWeights.Gpt2(shape, Vocabulary, 8, 16)
            : RandomWeights.Llama(shape, Vocabulary, 16, biases: true, headNorms: true, untied: true);
        var weights = new ReferenceWeights(values, new Tape());
        Dictionary<string, double[]> gradients = weights.Gradients(Loss(weights));
        foreach ((string name, double[] own) in values)
        {
            int largest = Enumerable.Range(0, own.Length).MaxBy(i => Math.Abs(gradients[name][i]));
            Assert.NotEqual(0, gradients[name][largest]);
            const double step = 1e-4;
            double original = own[largest];
            own[largest] = original + step;
            double above = Loss(new ReferenceWeights(values)).Value;
            own[largest] = original - step;
            double below = Loss(new ReferenceWeights(values)).Value;
            own[largest] = original;
            Assert.Equal((above - below) / (2 * step), gradients[name][largest], 1e-6);
        }

        Real Loss(ReferenceWeights from)
        {
            ReferenceGpt2 first = new(shape, from);
            ReferenceLlama second = new(shape, from);
            Real[][] hidden = gpt2 ? first.Hidden(Tokens) : second.Hidden(Tokens);
            return ReferenceLoss.Mean([.. Enumerable.Range(0, Tokens.Length - 1).Select(t =>
                ReferenceLoss.CrossEntropy(gpt2 ? first.Logits(hidden[t]) : second.Logits(hidden[t]), Tokens[t + 1]))]);
        }
    }

    private static double[] Values(Real[][] vectors) => [.. vectors.SelectMany(vector => vector.Select(x => x.Value))];

    private static bool Same(double a, double b) => Math.Abs(a - b) < 1e-12 * Math.Max(1, Math.Abs(a));
}
