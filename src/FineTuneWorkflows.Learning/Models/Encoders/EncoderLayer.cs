using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Models.Layers;
using FineTuneWorkflows.Learning.Runtime;
using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models.Encoders;

/// <summary>One transformer layer with normalization after each residual sum (Vaswani et al. 2017, arXiv:1706.03762).</summary>
internal sealed class EncoderLayer
{
    private readonly EncoderConfig _config;
    private readonly LinearLayer _query, _key, _value, _attentionOutput, _intermediate, _output;
    private readonly NormLayer _attentionNorm, _outputNorm;
    private readonly double _attentionOutputDropout;

    public EncoderLayer(ParameterStore store, EncoderConfig config, EncoderFamily family, int index)
    {
        _config = config;
        _attentionOutputDropout = family.DropsAttentionOutput ? config.HiddenDropout : 0;
        EncoderNames names = family.Names;
        string prefix = family.Layer(index);
        int width = config.HiddenSize;
        _query = new LinearLayer(store, prefix + names.Query, width, width);
        _key = new LinearLayer(store, prefix + names.Key, width, width);
        _value = new LinearLayer(store, prefix + names.Value, width, width);
        _attentionOutput = new LinearLayer(store, prefix + names.AttentionOutput, width, width);
        _attentionNorm = new NormLayer(store, prefix + names.AttentionNorm, width, config.NormEpsilon);
        _intermediate = new LinearLayer(store, prefix + names.Intermediate, width, config.IntermediateSize);
        _output = new LinearLayer(store, prefix + names.Output, config.IntermediateSize, width);
        _outputNorm = new NormLayer(store, prefix + names.OutputNorm, width, config.NormEpsilon);
    }

    /// <summary><c>[batch, tokens, hidden]</c> to the same shape.</summary>
    /// <param name="hidden">The layer's input.</param>
    /// <param name="attentionBias">Added to the attention scores, <c>[batch, 1, 1, tokens]</c>; null attends everywhere.</param>
    /// <param name="training">Whether dropout applies.</param>
    /// <param name="firstOnly">Whether only the first token of each sequence is computed, <c>[batch, 1, hidden]</c>, from all of them.</param>
    public Tensor Forward(Tensor hidden, Tensor? attentionBias, bool training, bool firstOnly = false)
    {
        // What backward does not keep is freed with the layer.
        using var scope = NewDisposeScope();
        Tensor[] projected = firstOnly
            ? [_query.Forward(hidden.select(1, 0), training), .. LinearLayer.Together(hidden, training, _key, _value)]
            : LinearLayer.Together(hidden, training, _query, _key, _value);
        if (firstOnly)
            hidden = hidden.narrow(1, 0, 1);
        (long batch, long tokens) = (hidden.shape[0], hidden.shape[1]);
        Tensor context = Attention.Apply(
            Heads(projected[0]), Heads(projected[1]), Heads(projected[2]), attentionBias, training ? _config.AttentionDropout : 0);
        Tensor attended = _attentionOutput.Forward(context.transpose(1, 2).reshape(batch, tokens, _config.HiddenSize), training);
        Tensor middle = _attentionNorm.Forward(Dropout.Apply(attended, _attentionOutputDropout, training).PlusInPlace(hidden));
        Tensor result = _output.Forward(Activations.Apply(_config.Activation, _intermediate.Forward(middle, training)), training);
        return _outputNorm.Forward(Dropout.Apply(result, _config.HiddenDropout, training).PlusInPlace(middle)).MoveToOuterDisposeScope();

        Tensor Heads(Tensor projected) => projected.view(batch, -1, _config.HeadCount, _config.HiddenSize / _config.HeadCount).transpose(1, 2);
    }
}
