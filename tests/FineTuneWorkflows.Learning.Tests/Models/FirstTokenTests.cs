using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Tests.Support;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Models;

/// <summary>A classifier that sees a sequence's first token needs no other from the last layer.</summary>
public class FirstTokenTests
{
    [Theory]
    [InlineData("bert", SequencePooling.FirstToken)]
    [InlineData("roberta", SequencePooling.FirstToken)]
    [InlineData("distilbert", SequencePooling.FirstToken)]
    [InlineData("bert", SequencePooling.Mean)]
    public void Its_logits_are_those_of_all_hidden_states(string family, SequencePooling pooling)
    {
        EncoderConfig config = EncoderConfig.For(family) with
        {
            VocabSize = 60, HiddenSize = 16, LayerCount = 2, HeadCount = 2, IntermediateSize = 32, MaxPositions = 24, InitializerRange = 0.3, Pooling = pooling,
        };
        using LanguageModel model = RandomModel.Create(config, ModelTask.SequenceClassification, "a", "b", "c");
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        SequenceBatch batch = model.Batch([0, 1, 2], new LabelledData([[2, 7, 9, 11, 30, 3], [2, 8, 3], [5, 40, 41, 42]]));
        torch.Tensor all = model.Hidden(batch, training: false);
        Assert.Equal(6, all.shape[1]);
        torch.Tensor expected = model.Head(all, batch, places: null, training: false), logits = model.Logits(batch, training: false);
        Assert.Equal(expected.shape, logits.shape);
        Assert.True((expected - logits).abs().max().item<float>() < 1e-5);
        Assert.True((logits[0] - logits[1]).abs().max().item<float>() > 1e-2, "the model tells sequences apart");
    }
}
