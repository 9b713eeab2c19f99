using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Tests.Support;

namespace FineTuneWorkflows.Learning.Tests.Models;

public class StructureOptionsTests
{
    private static readonly EncoderConfig DistilBert = ToyData.Config with { ModelType = "distilbert", TokenTypeCount = 0 };

    private static readonly DecoderConfig Gpt2 = DecoderConfig.For("gpt2");

    [Fact]
    public void A_classifiers_dropout_that_the_head_does_not_have_is_refused()
    {
        var options = new StructureOptions { ClassifierDropout = 0.3 };
        Assert.Equal(0.3, ((EncoderConfig)options.Apply(ToyData.Config, ModelTask.SequenceClassification)).ClassifierDropout);
        Assert.Equal(0.3, ((EncoderConfig)options.Apply(ToyData.Config, ModelTask.TokenClassification)).ClassifierDropout);
        Assert.Equal(0.3, ((EncoderConfig)options.Apply(DistilBert, ModelTask.SequenceClassification)).ClassifierDropout);
        Refused(options, DistilBert, ModelTask.TokenClassification, "ClassifierDropout is 0.3, but the head for TokenClassification of a model of family distilbert has no dropout of its own");
        Refused(options, Gpt2, ModelTask.CausalLanguageModeling, "ClassifierDropout is 0.3, but the head for CausalLanguageModeling of a model of family gpt2 has no dropout of its own");
        Refused(options, ToyData.Config, ModelTask.MaskedLanguageModeling, "ClassifierDropout is 0.3, but the head for MaskedLanguageModeling of a model of family bert");
    }

    [Fact]
    public void Pooling_where_nothing_is_pooled_is_refused()
    {
        var options = new StructureOptions { Pooling = SequencePooling.Mean };
        Assert.Equal(SequencePooling.Mean, ((EncoderConfig)options.Apply(ToyData.Config, ModelTask.SequenceClassification)).Pooling);
        Refused(options, ToyData.Config, ModelTask.TokenClassification, "Pooling is Mean, but a model for TokenClassification has a prediction for each token");
        Refused(options, Gpt2, ModelTask.SequenceClassification, "Pooling is Mean, but a model of family gpt2 classifies by a sequence's last token");
    }

    private static void Refused(StructureOptions options, ModelConfig config, ModelTask task, string message) =>
        Assert.StartsWith(message, Assert.Throws<ModelException>(() => options.Apply(config, task)).Message, StringComparison.Ordinal);
}
