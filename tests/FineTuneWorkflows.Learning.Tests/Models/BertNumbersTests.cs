using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Tests.Support;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Models;

public class BertNumbersTests
{
    private static readonly EncoderConfig Config = ToyData.Config with { InitializerRange = 0.3, HiddenDropout = 0, AttentionDropout = 0 };
    private static readonly int[][] Sequences = [[2, 11, 40, 59, 3], [2, 7, 3], [2, 31, 32, 33, 34, 35, 3, 12]];
    private static readonly int[] Labels = [0, 2, 1];

    [Fact]
    public void Hidden_states_pooled_output_logits_and_loss_equal_an_independent_computation()
    {
        using LanguageModel model = RandomModel();
        ReferenceBert reference = ReferenceBert.Of(model);
        using var scope = torch.NewDisposeScope();
        SequenceBatch batch = Batch(model);
        torch.Tensor hidden = model.Hidden(batch, training: false), logits = model.Head(hidden, batch, null, training: false);

        for (int row = 0; row < Sequences.Length; row++)
        {
            double[][] expected = reference.Hidden(Sequences[row]);
            for (int t = 0; t < expected.Length; t++)
                AssertClose(expected[t], hidden[row, t]);
            AssertClose(reference.Logits(reference.Pooled(expected)), logits[row]);
        }
        float loss = torch.nn.functional.cross_entropy(logits, torch.tensor(Labels.Select(x => (long)x).ToArray())).item<float>();
        Assert.Equal(reference.Loss(Sequences, Labels), loss, 1e-5);
    }

    [Fact]
    public void Gradients_of_every_parameter_equal_finite_differences_of_the_independent_computation()
    {
        using LanguageModel model = RandomModel();
        ReferenceBert reference = ReferenceBert.Of(model);
        using (var scope = torch.NewDisposeScope())
        {
            torch.Tensor labels = torch.tensor(Labels.Select(label => (long)label).ToArray());
            torch.nn.functional.cross_entropy(model.Logits(Batch(model), training: true), labels).backward();
        }

        foreach (ModelParameter parameter in model.Parameters)
        {
            float[] gradient;
            using (torch.Tensor tensor = parameter.Value.grad!)
                gradient = tensor.data<float>().ToArray();
            double[] weight = reference.Weights[parameter.Name];
            // The largest gradients of each tensor, so that something is compared where most are zero, as in the word table.
            foreach (int i in Enumerable.Range(0, weight.Length).OrderByDescending(i => Math.Abs(gradient[i])).Take(3).Append(weight.Length / 2))
            {
                double original = weight[i], step = 1e-4;
                weight[i] = original + step;
                double above = reference.Loss(Sequences, Labels);
                weight[i] = original - step;
                double below = reference.Loss(Sequences, Labels);
                weight[i] = original;
                Assert.True(Math.Abs(((above - below) / (2 * step)) - gradient[i]) < 1e-5,
                    $"{parameter.Name}[{i}]: {(above - below) / (2 * step)} and {gradient[i]}");
            }
        }
    }

    [Fact]
    public void A_weight_starts_the_same_whatever_other_weights_there_are()
    {
        using LanguageModel two = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, ["a", "b"], seed: 5);
        using LanguageModel one = LanguageModel.Create(ToyData.Config with { LayerCount = 1 }, ModelTask.SequenceClassification, ["a", "b"], seed: 5);
        foreach (ModelParameter parameter in one.Parameters)
            Assert.Equal(Values(two.Find(parameter.Name)!), Values(parameter));
        using LanguageModel other = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, ["a", "b"], seed: 6);
        Assert.NotEqual(Values(two.Parameters[0]), Values(other.Parameters[0]));
    }

    [Fact]
    public void Fresh_matrices_have_the_configured_spread_and_norms_start_at_one()
    {
        using LanguageModel model = LanguageModel.Create(ModelPresets.Get("tiny", 3000), ModelTask.SequenceClassification, ["a", "b"], seed: 5);
        float[] words = Values(model.Parameters[0]);
        double mean = words.Average(x => (double)x), deviation = Math.Sqrt(words.Average(x => (x - mean) * (x - mean)));
        Assert.InRange(mean, -2e-4, 2e-4);
        Assert.InRange(deviation, 0.0198, 0.0202);
        Assert.All(Values(model.Find("bert.embeddings.LayerNorm.weight")!), x => Assert.Equal(1f, x));
        Assert.All(Values(model.Find("classifier.bias")!), x => Assert.Equal(0f, x));
    }

    [Fact]
    public void Bert_base_has_the_published_number_of_parameters()
    {
        // 109,482,240 of BertModel (embeddings 23,837,184; 12 layers of 7,087,872; pooler 590,592) and 768 x 2 + 2 of the classifier.
        using LanguageModel model = LanguageModel.Declare(ModelPresets.Get("base"), ModelTask.SequenceClassification, ["a", "b"], TorchDevice.Cpu, "test");
        Assert.Equal(109_482_240 + 1538, model.ParameterCount);
    }

    private static LanguageModel RandomModel()
    {
        LanguageModel model = LanguageModel.Create(Config, ModelTask.SequenceClassification, ["a", "b", "c"], seed: 11);
        using var noGrad = torch.no_grad();
        // Norms and biases would start at 1 and 0 and hide errors.
        foreach (ModelParameter parameter in model.Parameters.Where(p => !p.Decays))
        {
            torch.random.manual_seed(parameter.Name.Length);
            using torch.Tensor noise = torch.randn(parameter.Value.shape) * 0.3;
            parameter.Value.add_(noise);
        }
        return model;
    }

    private static SequenceBatch Batch(LanguageModel model) => model.Batch([0, 1, 2], new ToyData(Sequences, Labels));

    private static float[] Values(ModelParameter parameter) => parameter.Value.detach().data<float>().ToArray();

    private static void AssertClose(double[] expected, torch.Tensor actual)
    {
        float[] values = actual.detach().contiguous().data<float>().ToArray();
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < values.Length; i++)
            Assert.True(Math.Abs(expected[i] - values[i]) < 1e-5, $"{i}: {expected[i]} and {values[i]}");
    }
}
