using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Tests.Support.Reference;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Learning.Training.Tasks;
using FineTuneWorkflows.Learning.Training;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Models;

/// <summary>Every family's numbers beside an independent computation in double precision.</summary>
public class EncoderNumbersTests
{
    private const int MaskId = 4;
    private static readonly int[][] Sequences = [[2, 11, 40, 59, 3], [2, 7, 3], [2, 31, 32, 33, 34, 35, 3, 12]];
    private static readonly TrainingOptions Options = new() { Threads = 1 };

    public static TheoryData<string, string> Families => new()
    {
        { "bert", "gelu" }, { "bert", "gelu_new" }, { "roberta", "gelu" }, { "roberta", "relu" }, { "xlm-roberta", "gelu" }, { "distilbert", "gelu" },
        { "distilbert", "relu" },
    };

    [Theory]
    [MemberData(nameof(Families))]
    public void One_class_for_a_sequence(string family, string activation)
    {
        using LanguageModel model = RandomModel.Create(Config(family, activation), ModelTask.SequenceClassification, "a", "b", "c");
        var data = new LabelledData(Sequences) { Labels = [0, 2, 1] };
        Compare(model, data, new ClassificationTask(model, data, null, Options with { LabelSmoothing = 0.1 }), (reference, hidden, row) =>
            [ReferenceLoss.CrossEntropy(reference.SequenceLogits(hidden), data.Labels[row], 0.1)], reference => reference.SequenceLogits);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void One_class_from_the_mean_of_a_sequences_tokens(string family, string activation)
    {
        using LanguageModel model = RandomModel.Create(Config(family, activation) with { Pooling = SequencePooling.Mean }, ModelTask.SequenceClassification, "a", "b", "c");
        var data = new LabelledData(Sequences) { Labels = [0, 2, 1] };
        Compare(model, data, new ClassificationTask(model, data, null, Options), (reference, hidden, row) =>
            [ReferenceLoss.CrossEntropy(reference.SequenceLogits([Mean(hidden)]), data.Labels[row])], reference => hidden => reference.SequenceLogits([Mean(hidden)]));

        static Real[] Mean(Real[][] hidden) => [.. Enumerable.Range(0, hidden[0].Length).Select(i => Real.Sum(hidden.Select(vector => vector[i])) / hidden.Length)];
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Any_number_of_classes_for_a_sequence(string family, string activation)
    {
        EncoderConfig config = Config(family, activation) with { ProblemType = ModelConfig.MultiLabel };
        using LanguageModel model = RandomModel.Create(config, ModelTask.SequenceClassification, "a", "b");
        var data = new LabelledData(Sequences) { Classes = [[true, true], [false, false], [false, true]] };
        Compare(model, data, new MultiLabelTask(model, data, null, Options), (reference, hidden, row) =>
            [ReferenceLoss.BinaryCrossEntropy(reference.SequenceLogits(hidden), data.Classes[row])], reference => reference.SequenceLogits);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_class_for_each_token(string family, string activation)
    {
        using LanguageModel model = RandomModel.Create(Config(family, activation), ModelTask.TokenClassification, "O", "B-a", "I-a");
        var data = new LabelledData(Sequences) { TokenLabels = [[-100, 0, 1, 2, -100], [-100, 1, -100], [-100, 1, 2, -100, -100, 0, 0, -100]] };
        Compare(model, data, new TokenClassificationTask(model, data, null, Options), (reference, hidden, row) =>
            data.TokenLabels[row].Index().Where(label => label.Item >= 0).Select(label =>
                ReferenceLoss.CrossEntropy(reference.TokenLogits(hidden[label.Index]), label.Item)));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void The_token_behind_a_mask(string family, string activation)
    {
        using LanguageModel model = RandomModel.Create(Config(family, activation), ModelTask.MaskedLanguageModeling);
        (int Row, int Place)[] masked = [(0, 2), (0, 3), (2, 5)];
        int[][] hidden = [.. Sequences.Select((tokens, row) => tokens.Select((token, place) => masked.Contains((row, place)) ? MaskId : token).ToArray())];
        var weights = new ReferenceWeights(ReferenceWeights.ValuesOf(model), new Tape());
        var reference = new ReferenceEncoder(Shape(model), weights);
        Real[][] expected = [.. masked.Select(at => reference.MaskedLogits(reference.Hidden(hidden[at.Row])[at.Place]))];
        Real loss = ReferenceLoss.Mean([.. masked.Select((at, i) => ReferenceLoss.CrossEntropy(expected[i], Sequences[at.Row][at.Place]))]);

        using var scope = torch.NewDisposeScope();
        SequenceBatch batch = model.Batch([0, 1, 2], new LabelledData(hidden));
        torch.Tensor places = torch.tensor(masked.Select(at => (long)((at.Row * batch.Width) + at.Place)).ToArray());
        torch.Tensor logits = model.Logits(batch, training: true, places);
        for (int i = 0; i < masked.Length; i++)
            ReferenceAssert.Close(expected[i], logits[i]);
        torch.Tensor own = torch.nn.functional.cross_entropy(logits, torch.tensor(masked.Select(at => (long)Sequences[at.Row][at.Place]).ToArray()));
        ReferenceAssert.Close(loss.Value, own.Number(), "loss");
        own.backward();
        ReferenceAssert.GradientsClose(weights.Gradients(loss), model);
    }

    [Fact]
    public void Both_texts_of_a_pair_have_their_own_type()
    {
        using LanguageModel model = RandomModel.Create(Config("bert", "gelu"), ModelTask.SequenceClassification, "a", "b");
        var data = new LabelledData(Sequences) { Labels = [0, 1, 1], SecondStarts = [3, null, 2] };
        Compare(model, data, new ClassificationTask(model, data, null, Options), (reference, hidden, row) =>
            [ReferenceLoss.CrossEntropy(reference.SequenceLogits(hidden), data.Labels[row])], reference => reference.SequenceLogits);
    }

    [Fact]
    public void The_references_own_gradients_equal_central_differences()
    {
        using LanguageModel model = RandomModel.Create(Config("roberta", "gelu"), ModelTask.SequenceClassification, "a", "b");
        Dictionary<string, double[]> values = ReferenceWeights.ValuesOf(model);
        var weights = new ReferenceWeights(values, new Tape());
        Dictionary<string, double[]> gradients = weights.Gradients(Loss(weights));
        foreach ((string name, double[] own) in values)
        {
            int largest = Enumerable.Range(0, own.Length).MaxBy(i => Math.Abs(gradients[name][i]));
            foreach (int i in new[] { largest, own.Length / 2 })
            {
                const double step = 1e-4;
                double original = own[i];
                own[i] = original + step;
                double above = Loss(new ReferenceWeights(values)).Value;
                own[i] = original - step;
                double below = Loss(new ReferenceWeights(values)).Value;
                own[i] = original;
                Assert.Equal((above - below) / (2 * step), gradients[name][i], 1e-7);
            }
        }

        Real Loss(ReferenceWeights from)
        {
            var reference = new ReferenceEncoder(Shape(model), from);
            return ReferenceLoss.CrossEntropy(reference.SequenceLogits(reference.Hidden(Sequences[0])), 1);
        }
    }

    private static void Compare(
        LanguageModel model, LabelledData data, SequenceTask task, Func<ReferenceEncoder, Real[][], int, IEnumerable<Real>> losses,
        Func<ReferenceEncoder, Func<Real[][], Real[]>>? sequenceLogits = null)
    {
        var weights = new ReferenceWeights(ReferenceWeights.ValuesOf(model), new Tape());
        var reference = new ReferenceEncoder(Shape(model), weights);
        Real[][][] expected = [.. data.Tokens.Select((tokens, row) => reference.Hidden(tokens, data.SecondStarts?[row]))];
        Real loss = ReferenceLoss.Mean([.. expected.SelectMany((hidden, row) => losses(reference, hidden, row))]);

        using var scope = torch.NewDisposeScope();
        SequenceBatch batch = model.Batch([0, 1, 2], data);
        torch.Tensor hidden = model.Hidden(batch, training: false), logits = model.Head(hidden, batch, null, training: false);
        for (int row = 0; row < expected.Length; row++)
        {
            for (int place = 0; place < expected[row].Length; place++)
            {
                ReferenceAssert.Close(expected[row][place], hidden[row, place]);
                if (sequenceLogits is null)
                    ReferenceAssert.Close(reference.TokenLogits(expected[row][place]), logits[(row * batch.Width) + place]);
            }
            if (sequenceLogits is not null)
                ReferenceAssert.Close(sequenceLogits(reference)(expected[row]), logits[row]);
        }
        BatchLoss own = task.Loss([0, 1, 2], epoch: 1);
        torch.Tensor mean = own.Sum.Times(1.0 / own.Weight);
        ReferenceAssert.Close(loss.Value, mean.Number(), "loss");
        mean.backward();
        ReferenceAssert.GradientsClose(weights.Gradients(loss), model);
    }

    private static EncoderConfig Config(string family, string activation) => EncoderConfig.For(family) with
    {
        VocabSize = 60, HiddenSize = 16, LayerCount = 2, HeadCount = 2, IntermediateSize = 32, MaxPositions = 24, Activation = activation,
        InitializerRange = 0.3, HiddenDropout = 0, AttentionDropout = 0, ClassifierDropout = 0,
    };

    private static ReferenceEncoderShape Shape(LanguageModel model) => new(model.Config.ModelType == "xlm-roberta" ? "roberta" : model.Config.ModelType)
    {
        Width = 16, Layers = 2, Heads = 2, Epsilon = model.Config.ModelType.EndsWith("roberta", StringComparison.Ordinal) ? 1e-5 : 1e-12,
        Activation = model.Config.Activation,
    };
}
