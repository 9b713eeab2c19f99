using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Learning.Training.Tasks;
using FineTuneWorkflows.Learning.Training;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Training;

public class StrategyTests
{
    private static readonly TrainingOptions Once = new() { Epochs = 1, BatchSize = 30, LearningRate = 1e-3, WarmupRatio = 0, WeightDecay = 0, Threads = 1 };

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.2)]
    public void Gradients_by_recomputation_equal_those_of_a_kept_pass(double dropout)
    {
        // The last layer draws the same masks either way only without dropout; with it, two recomputed passes must agree with each other.
        Dictionary<string, float[]> first = Gradients(checkpointing: true, dropout), second = Gradients(checkpointing: dropout > 0, dropout);
        Assert.All(first, pair =>
        {
            for (int i = 0; i < pair.Value.Length; i++)
                Assert.Equal(second[pair.Key][i], pair.Value[i], 1e-6);
        });

        static Dictionary<string, float[]> Gradients(bool checkpointing, double dropout)
        {
            EncoderConfig config = ToyData.Config with { HiddenDropout = dropout, AttentionDropout = dropout };
            using LanguageModel model = LanguageModel.Create(config, ModelTask.SequenceClassification, ["no", "yes"], seed: 3);
            ITrainingTask task = TrainingTasks.Make(model, ToyData.Make(20), null, new TrainingOptions { GradientCheckpointing = checkpointing }, null);
            using var scope = torch.NewDisposeScope();
            torch.random.manual_seed(5);
            task.Loss([.. Enumerable.Range(0, 20)], epoch: 0).Backward();
            return model.Parameters.ToDictionary(p => p.Name, p => p.Value.grad!.data<float>().ToArray(), StringComparer.Ordinal);
        }
    }

    [Fact]
    public void Gradients_by_recomputation_follow_the_loss_with_dropout_too()
    {
        EncoderConfig config = ToyData.Config with { HiddenDropout = 0.2, AttentionDropout = 0.2, InitializerRange = 0.3 };
        using LanguageModel model = LanguageModel.Create(config, ModelTask.SequenceClassification, ["no", "yes"], seed: 3);
        ITrainingTask task = TrainingTasks.Make(model, ToyData.Make(20), null, new TrainingOptions { GradientCheckpointing = true }, null);
        using var scope = torch.NewDisposeScope();
        Assert.True(double.IsFinite(Loss(backward: true)));
        foreach (string name in (string[])["bert.embeddings.LayerNorm.weight", "bert.encoder.layer.0.output.dense.bias", "bert.encoder.layer.1.attention.self.value.bias"])
        {
            torch.Tensor value = model.Find(name)!.Value;
            float gradient = (float)value.grad![3].Number(), step = 1e-2f;
            Assert.Equal((Moved(value, step) - Moved(value, -step)) / (2 * step), gradient, 2e-2 * Math.Max(1, Math.Abs(gradient)));
        }

        double Moved(torch.Tensor value, float step)
        {
            using Scalar held = step;
            using (torch.no_grad())
                value[3].add_(held);
            double loss = Loss(backward: false);
            using (torch.no_grad())
                value[3].sub_(held);
            return loss;
        }

        double Loss(bool backward)
        {
            torch.random.manual_seed(5);
            BatchLoss loss = task.Loss([.. Enumerable.Range(0, 20)], epoch: 0);
            if (backward)
                loss.Backward();
            return loss.Sum.Number();
        }
    }

    [Fact]
    public void Each_layer_moves_by_its_share_of_the_rate_and_the_head_by_its_own()
    {
        Dictionary<string, double> plain = Moves(Once), shared = Moves(Once with { LayerDecay = 0.5, HeadLearningRate = 4e-3 });
        Ratio("classifier.weight", 4);
        Ratio("bert.encoder.layer.1.output.dense.weight", 0.5);
        Ratio("bert.encoder.layer.0.output.dense.weight", 0.25);
        Ratio("bert.embeddings.word_embeddings.weight", 0.125);

        void Ratio(string name, double expected) => Assert.Equal(expected, shared[name] / plain[name], 0.01 * expected);
    }

    [Fact]
    public void Balanced_weights_make_rare_examples_count_as_much_as_frequent_ones()
    {
        using LanguageModel model = LanguageModel.Create(ToyData.Config with { HiddenDropout = 0 }, ModelTask.SequenceClassification, ["no", "yes"], seed: 3);
        var data = new ToyData([[2, 10], [2, 11], [2, 12], [2, 20]], [0, 0, 0, 1]);
        ITrainingTask balanced = TrainingTasks.Make(model, data, null, new TrainingOptions { ClassWeights = ClassWeighting.Balanced }, null);
        ITrainingTask plain = TrainingTasks.Make(model, data, null, new TrainingOptions(), null);
        balanced.CheckData();
        plain.CheckData();
        using var scope = torch.NewDisposeScope();
        double[] alone = [.. Enumerable.Range(0, 4).Select(i => (double)plain.Loss([i], 0).Sum.Number())];
        BatchLoss together = balanced.Loss([0, 1, 2, 3], 0);
        Assert.Equal(4.0, together.Weight, 1e-12);
        // 4 examples over 2 classes times 3 and times 1.
        Assert.Equal((2.0 / 3 * (alone[0] + alone[1] + alone[2])) + (2 * alone[3]), together.Sum.Number(), 1e-4);

        ITrainingTask absent = TrainingTasks.Make(model, new ToyData([[2]], [0]), null, new TrainingOptions { ClassWeights = ClassWeighting.Balanced }, null);
        Assert.Contains("class 'yes' has no training example", Assert.Throws<TrainingException>(absent.CheckData).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pieces_weigh_by_their_labelled_tokens_and_not_by_their_sequences()
    {
        // One labelled token in the first sequence, nine in the second: computed one at a time, each piece's mean would count the same.
        int[][] tokens = [[2, 10, 11, 12, 13, 14, 15, 16, 17, 18], [2, 20, 21, 22, 23, 24, 25, 26, 27, 28]];
        int[][] labels = [[-100, 1, -100, -100, -100, -100, -100, -100, -100, -100], [-100, 0, 1, 2, 0, 1, 2, 0, 1, 2]];
        (Dictionary<string, float[]> whole, double weight) = Gradients(0);
        (Dictionary<string, float[]> pieces, double sameWeight) = Gradients(1);
        Assert.Equal((10.0, 10.0), (weight, sameWeight));
        Assert.All(whole, pair => Assert.All(pair.Value.Zip(pieces[pair.Key]), values => Assert.Equal(values.First, values.Second, 1e-5)));
        // Weighed by sequences they would be others.
        Assert.Contains(whole, pair => pair.Value.Zip(Gradients(0, alone: true).Gradients[pair.Key]).Any(values => Math.Abs(values.First - values.Second) > 1e-3));

        (Dictionary<string, float[]> Gradients, double Weight) Gradients(int microBatchSize, bool alone = false)
        {
            EncoderConfig config = ToyData.Config with { HiddenDropout = 0, AttentionDropout = 0, InitializerRange = 0.3 };
            using LanguageModel model = LanguageModel.Create(config, ModelTask.TokenClassification, ["O", "B-x", "I-x"], seed: 3);
            var options = new TrainingOptions { BatchSize = 2, MicroBatchSize = microBatchSize };
            ITrainingTask task = TrainingTasks.Make(model, new LabelledData(tokens) { TokenLabels = labels }, null, options, null);
            if (!alone)
            {
                var optimizer = new Catcher(model);
                StepOutcome outcome = new StepRunner(task, optimizer, options, SilentObserver.Instance).Run([0, 1], 0, 0, 1, 1);
                return (optimizer.Gradients, outcome.Weight);
            }
            using var scope = torch.NewDisposeScope();
            foreach (int index in (int[])[0, 1])
            {
                BatchLoss loss = task.Loss([index], 0);
                loss.Sum.Times(1 / (2.0 * loss.Weight)).backward();
            }
            return (model.Parameters.ToDictionary(p => p.Name, p => p.Value.grad!.data<float>().ToArray(), StringComparer.Ordinal), 2);
        }
    }

    [Theory]
    [InlineData(ModelTask.SequenceClassification)]
    [InlineData(ModelTask.TokenClassification)]
    public void A_classifiers_own_dropout_draws_in_training_alone(ModelTask task)
    {
        using var folder = new TemporaryFolder();
        using (LanguageModel made = LanguageModel.Create(ToyData.Config with { HiddenDropout = 0, AttentionDropout = 0 }, ModelTask.MaskedLanguageModeling, [], seed: 3))
            made.Save(folder.Path);
        Assert.NotEqual(Logits(0.5, seed: 1, training: true), Logits(0.5, seed: 2, training: true));
        Assert.Equal(Logits(0.5, seed: 1, training: true), Logits(0.5, seed: 1, training: true));
        Assert.Equal(Logits(0, seed: 1, training: false), Logits(0.5, seed: 2, training: false));
        Assert.Equal(Logits(0, seed: 1, training: true), Logits(0, seed: 2, training: true));

        float[] Logits(double dropout, long seed, bool training)
        {
            using LanguageModel model = LanguageModel.FromPretrained(folder.Path, task, ["a", "b"], new StructureOptions { ClassifierDropout = dropout });
            using var scope = torch.NewDisposeScope();
            torch.random.manual_seed(seed);
            return [.. model.Logits(model.Batch([0, 1, 2, 3], ToyData.Make(4)), training).data<float>()];
        }
    }

    [Fact]
    public void Frozen_layers_and_embeddings_stay_to_the_bit()
    {
        using var folder = new TemporaryFolder();
        using LanguageModel model = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, ["no", "yes"], seed: 3);
        model.Freeze(1, embeddings: true);
        Dictionary<string, float[]> before = Values(model);
        Trainer.Run(model, ToyData.Make(30), null, Once, folder.Path, cancellation: TestContext.Current.CancellationToken);
        Dictionary<string, float[]> after = Values(model);
        foreach ((string name, float[] values) in before)
        {
            bool frozen = name.Contains("embeddings", StringComparison.Ordinal) || name.Contains("layer.0.", StringComparison.Ordinal);
            Assert.Equal(frozen, values.AsSpan().SequenceEqual(after[name]));
        }
    }

    /// <summary>Keeps the gradients, scaled as an update would take them, and changes nothing.</summary>
    private sealed class Catcher(LanguageModel model) : IOptimizer
    {
        public Dictionary<string, float[]> Gradients { get; } = [];

        public double Step(double rate, long step, double gradientScale = 1)
        {
            foreach (ModelParameter parameter in model.Parameters)
                Gradients[parameter.Name] = [.. parameter.Value.grad!.data<float>().Select(value => (float)(value * gradientScale))];
            return 0;
        }

        public void ClearGradients()
        {
        }
    }

    private static Dictionary<string, double> Moves(TrainingOptions options)
    {
        using var folder = new TemporaryFolder();
        EncoderConfig config = ToyData.Config with { HiddenDropout = 0, AttentionDropout = 0, InitializerRange = 0.1 };
        using LanguageModel model = LanguageModel.Create(config, ModelTask.SequenceClassification, ["no", "yes"], seed: 3);
        Dictionary<string, float[]> before = Values(model);
        // One step: afterwards the layers' gradients differ.
        Trainer.Run(model, ToyData.Make(30), null, options, folder.Path);
        Dictionary<string, float[]> after = Values(model);
        return before.ToDictionary(pair => pair.Key, pair => Math.Sqrt(pair.Value.Zip(after[pair.Key], (x, y) => (double)(x - y) * (x - y)).Sum()), StringComparer.Ordinal);
    }

    private static Dictionary<string, float[]> Values(LanguageModel model) =>
        model.Parameters.ToDictionary(p => p.Name, p => p.Value.detach().data<float>().ToArray(), StringComparer.Ordinal);
}
