using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Tests.Support.Reference;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Learning.Training.Tasks;
using FineTuneWorkflows.Learning.Training;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Models;

/// <summary>Every decoder family's numbers beside an independent computation in double precision.</summary>
public class DecoderNumbersTests
{
    private static readonly int[][] Sequences = [[2, 11, 40, 59, 3], [2, 7], [2, 31, 32, 33, 34, 35, 3, 12]];
    private static readonly TrainingOptions Options = new() { Threads = 1 };

    public static TheoryData<string> Cases =>
    [
        "gpt2", "gpt2 own output", "llama", "llama tied", "llama biases", "llama linear", "llama llama3", "llama explicit head size", "mistral window", "qwen2",
        "qwen2 window above the first layer", "qwen3", "qwen3 layer types",
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Hidden_states_logits_loss_and_all_gradients(string name)
    {
        using LanguageModel model = RandomModel.Create(Config(name), ModelTask.CausalLanguageModeling);
        var data = new LabelledData(Sequences);
        var weights = new ReferenceWeights(ReferenceWeights.ValuesOf(model), new Tape());
        (Func<int[], Real[][]> hiddenOf, Func<Real[], Real[]> logitsOf) = Reference(model, weights);
        Real[][][] expected = [.. Sequences.Select(hiddenOf)];
        Real loss = ReferenceLoss.Mean([.. Sequences.SelectMany((tokens, row) => Enumerable.Range(0, tokens.Length - 1).Select(place =>
            ReferenceLoss.CrossEntropy(logitsOf(expected[row][place]), tokens[place + 1])))]);

        using var scope = torch.NewDisposeScope();
        SequenceBatch batch = model.Batch([0, 1, 2], data);
        torch.Tensor hidden = model.Hidden(batch, training: false), logits = model.Head(hidden, batch, null, training: false);
        for (int row = 0; row < expected.Length; row++)
        {
            for (int place = 0; place < expected[row].Length; place++)
            {
                ReferenceAssert.Close(expected[row][place], hidden[row, place]);
                ReferenceAssert.Close(logitsOf(expected[row][place]), logits[(row * batch.Width) + place]);
            }
        }
        BatchLoss own = new CausalLanguageTask(model, data, null, Options).Loss([0, 1, 2], epoch: 1);
        torch.Tensor mean = own.Sum.Times(1.0 / own.Weight);
        ReferenceAssert.Close(loss.Value, mean.Number(), "loss");
        mean.backward();
        ReferenceAssert.GradientsClose(weights.Gradients(loss), model);
    }

    [Theory]
    [InlineData("gpt2")]
    [InlineData("qwen3")]
    public void A_sequences_classes_come_from_its_last_token(string name)
    {
        using LanguageModel model = RandomModel.Create(Config(name), ModelTask.SequenceClassification, "a", "b", "c");
        var data = new LabelledData(Sequences) { Labels = [0, 2, 1] };
        var weights = new ReferenceWeights(ReferenceWeights.ValuesOf(model), new Tape());
        (Func<int[], Real[][]> hiddenOf, _) = Reference(model, weights);
        Real[][] expected = [.. Sequences.Select(tokens => Score(hiddenOf(tokens)[^1]))];
        Real loss = ReferenceLoss.Mean([.. expected.Select((logits, row) => ReferenceLoss.CrossEntropy(logits, data.Labels[row]))]);

        using var scope = torch.NewDisposeScope();
        torch.Tensor own = model.Logits(model.Batch([0, 1, 2], data), training: false);
        for (int row = 0; row < expected.Length; row++)
            ReferenceAssert.Close(expected[row], own[row]);
        BatchLoss batchLoss = new ClassificationTask(model, data, null, Options).Loss([0, 1, 2], epoch: 1);
        torch.Tensor mean = batchLoss.Sum.Times(1.0 / batchLoss.Weight);
        mean.backward();
        ReferenceAssert.GradientsClose(weights.Gradients(loss), model);

        Real[] Score(Real[] hidden) =>
            [.. Enumerable.Range(0, 3).Select(c => Real.Sum(hidden.Select((x, i) => x * weights.Row("score.weight", c, hidden.Length)[i])))];
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Token_by_token_with_kept_keys_and_values_the_numbers_are_the_same(string name)
    {
        using LanguageModel model = RandomModel.Create(Config(name), ModelTask.CausalLanguageModeling);
        int[] tokens = Sequences[2];
        using var noGrad = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        torch.Tensor whole = model.Logits(model.Batch([0], new LabelledData([tokens])), training: false);
        using var cache = new FineTuneWorkflows.Learning.Models.Decoders.KeyValueCache(model.Config.LayerCount, tokens.Length);
        int place = 0;
        foreach (int count in new[] { 3, 1, 1, 2, 1 })
        {
            torch.Tensor last = model.Continue(torch.tensor(tokens[place..(place + count)].Select(id => (long)id).ToArray(), [1, count]), cache);
            place += count;
            float[] expected = [.. whole[place - 1].data<float>()], actual = [.. last.data<float>()];
            for (int i = 0; i < expected.Length; i++)
                ReferenceAssert.Close(expected[i], actual[i], $"logit {i} after {place} tokens");
        }
        Assert.Equal(tokens.Length, place);
    }

    [Theory]
    [InlineData("gpt2")]
    [InlineData("llama llama3")]
    [InlineData("mistral window")]
    public void Layers_computed_again_give_the_same_gradients(string name)
    {
        float[][] kept = Gradients(false), again = Gradients(true);
        for (int p = 0; p < kept.Length; p++)
        {
            for (int i = 0; i < kept[p].Length; i++)
                ReferenceAssert.Close(kept[p][i], again[p][i], $"parameter {p}, number {i}");
        }

        float[][] Gradients(bool checkpointing)
        {
            using LanguageModel model = RandomModel.Create(Config(name) with { HiddenDropout = 0 }, ModelTask.CausalLanguageModeling);
            var task = new CausalLanguageTask(model, new LabelledData(Sequences), null, Options with { GradientCheckpointing = checkpointing });
            using var scope = torch.NewDisposeScope();
            BatchLoss loss = task.Loss([0, 1, 2], epoch: 1);
            loss.Sum.backward();
            loss.Recomputation?.Backward();
            return [.. model.Parameters.Select(p => p.Value.grad!.contiguous().data<float>().ToArray())];
        }
    }

    private static (Func<int[], Real[][]> Hidden, Func<Real[], Real[]> Logits) Reference(LanguageModel model, ReferenceWeights weights)
    {
        var config = (DecoderConfig)model.Config;
        int? windowed = Enumerable.Range(0, config.LayerCount).Select(layer => (int?)layer).FirstOrDefault(layer => config.WindowOf(layer!.Value) is not null);
        var shape = new ReferenceDecoderShape
        {
            Width = config.HiddenSize, Layers = config.LayerCount, Heads = config.HeadCount, KeyHeads = config.KeyValueHeadCount, HeadSize = config.HeadSize,
            Epsilon = config.NormEpsilon, Activation = config.Activation, Theta = config.RopeTheta,
            Prefix = config.ModelType == "gpt2" ? "transformer." : "model.",
            Window = windowed is null ? null : config.SlidingWindow, FirstWindowLayer = windowed ?? 0,
            Scaling = config.RopeScaling is { } scaling ? new ReferenceRotaryScaling(scaling.Kind, scaling.Factor)
            {
                LowFrequencyFactor = scaling.LowFrequencyFactor, HighFrequencyFactor = scaling.HighFrequencyFactor, TrainedLength = scaling.OriginalMaxPositions,
            } : null,
        };
        if (config.ModelType == "gpt2")
        {
            var gpt2 = new ReferenceGpt2(shape, weights);
            return (tokens => gpt2.Hidden(tokens), gpt2.Logits);
        }
        var llama = new ReferenceLlama(shape, weights);
        return (tokens => llama.Hidden(tokens), llama.Logits);
    }

    private static DecoderConfig Config(string name)
    {
        DecoderConfig config = DecoderConfig.For(name.Split(' ')[0]) with
        {
            VocabSize = 60, HiddenSize = 16, LayerCount = 2, HeadCount = 4, IntermediateSize = 24, MaxPositions = 24, InitializerRange = 0.3,
            HiddenDropout = 0, AttentionDropout = 0, EmbeddingDropout = 0, HeadSize = null, KeyValueHeadCount = name.StartsWith("gpt2", StringComparison.Ordinal) ? null : 2,
            SlidingWindow = 4096,
        };
        return name switch
        {
            "gpt2 own output" => config with { TieWordEmbeddings = false },
            "llama tied" => config with { TieWordEmbeddings = true },
            "llama biases" => config with { AttentionBias = true, MlpBias = true, KeyValueHeadCount = 1 },
            "llama linear" => config with { RopeScaling = new RopeScaling("linear", 4, 1, 4, 8) },
            "llama llama3" => config with { RopeScaling = new RopeScaling("llama3", 8, 1, 4, 8), RopeTheta = 50 },
            "llama explicit head size" => config with { HeadSize = 6 },
            "mistral window" => config with { SlidingWindow = 3 },
            "qwen2 window above the first layer" => config with { SlidingWindow = 2, UseSlidingWindow = true, MaxWindowLayers = 1 },
            "qwen3" => config with { HeadSize = 6 },
            "qwen3 layer types" => config with { SlidingWindow = 3, LayerTypes = ["full_attention", "sliding_attention"], TieWordEmbeddings = true },
            _ => config,
        };
    }
}
