using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Tests.Support;

namespace FineTuneWorkflows.Learning.Tests.Models;

public class FreshModelTests
{
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

    private static float[] Values(ModelParameter parameter) => parameter.Value.detach().data<float>().ToArray();
}
