using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Models.Encoders;
using FineTuneWorkflows.Learning.Models.Layers;
using FineTuneWorkflows.Learning.Runtime;
using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models.Heads;

/// <summary>Classes of a sequence from one vector: that of its first token, or the mean of all.</summary>
internal sealed class SequenceHead(ParameterStore store, EncoderConfig config, EncoderFamily family, int classCount) : IHead
{
    private readonly LinearLayer _dense = new(store, family.SequenceHead.Dense, config.HiddenSize, config.HiddenSize, ParameterRole.HeadBody);
    private readonly LinearLayer _output = new(store, family.SequenceHead.Output, config.HiddenSize, classCount, ParameterRole.HeadOutput);
    private readonly double _dropout = config.ClassifierDropout ?? config.HiddenDropout;

    /// <summary>Whether it sees nothing but the first token of a sequence.</summary>
    public bool SeesFirstOnly => config.Pooling == SequencePooling.FirstToken;

    public Tensor Forward(Tensor hidden, SequenceBatch batch, Tensor? places, bool training)
    {
        Tensor vector = config.Pooling == SequencePooling.Mean ? Mean(hidden, batch) : hidden.select(1, 0);
        if (family.SequenceHead.DropsInput)
            vector = Dropout.Apply(vector, _dropout, training);
        Tensor inner = Activations.Apply(family.SequenceHead.Activation, _dense.Forward(vector, training));
        return _output.Forward(Dropout.Apply(inner, _dropout, training), training);
    }

    private static Tensor Mean(Tensor hidden, SequenceBatch batch)
    {
        if (batch.AttentionBias is null)
            return hidden.mean([1]);
        Tensor mask = batch.AttentionBias.Is(0).to(hidden.dtype).view(hidden.shape[0], hidden.shape[1], 1);
        return (hidden * mask).sum(1) / mask.sum(1);
    }
}
