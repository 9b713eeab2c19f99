using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Models.Encoders;
using FineTuneWorkflows.Learning.Models.Layers;
using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models.Heads;

/// <summary>The token behind a mask: a layer, a normalization, and products with the word embeddings. Computed only where it is asked for.</summary>
internal sealed class MaskedHead(ParameterStore store, EncoderConfig config, EncoderFamily family, ModelParameter words) : IHead
{
    private readonly LinearLayer _dense = new(store, family.MaskedHead.Dense, config.HiddenSize, config.HiddenSize, ParameterRole.HeadBody);
    private readonly NormLayer _norm = new(store, family.MaskedHead.Norm, config.HiddenSize, config.NormEpsilon, ParameterRole.HeadBody);
    private readonly ModelParameter _bias = store.Add(family.MaskedHead.Bias, ParameterKind.Bias, ParameterRole.HeadBody, config.VocabSize);

    public Tensor Forward(Tensor hidden, SequenceBatch batch, Tensor? places, bool training)
    {
        Tensor inner = Activations.Apply(family.MaskedHead.Activation ?? config.Activation, _dense.Forward(hidden.At(places), training));
        return nn.functional.linear(_norm.Forward(inner), words.As(inner.dtype), _bias.As(inner.dtype));
    }
}
