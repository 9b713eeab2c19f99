using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models;

/// <summary>One transformer layer with normalization after each residual sum (Vaswani et al. 2017, arXiv:1706.03762).</summary>
internal sealed class EncoderLayer
{
    private readonly EncoderShape _shape;
    private readonly LinearLayer _query, _key, _value, _attentionOutput, _intermediate, _output;
    private readonly NormLayer _attentionNorm, _outputNorm;

    public EncoderLayer(ParameterStore store, EncoderShape shape, EncoderNames names, int index)
    {
        _shape = shape;
        string prefix = names.Layer(index);
        int width = shape.HiddenSize;
        _query = new LinearLayer(store, prefix + names.Query, width, width);
        _key = new LinearLayer(store, prefix + names.Key, width, width);
        _value = new LinearLayer(store, prefix + names.Value, width, width);
        _attentionOutput = new LinearLayer(store, prefix + names.AttentionOutput, width, width);
        _attentionNorm = new NormLayer(store, prefix + names.AttentionNorm, width, shape.NormEpsilon);
        _intermediate = new LinearLayer(store, prefix + names.Intermediate, width, shape.IntermediateSize);
        _output = new LinearLayer(store, prefix + names.Output, shape.IntermediateSize, width);
        _outputNorm = new NormLayer(store, prefix + names.OutputNorm, width, shape.NormEpsilon);
    }

    /// <summary><c>[batch, tokens, hidden]</c> to the same shape.</summary>
    /// <param name="hidden">The layer's input.</param>
    /// <param name="attentionBias">Added to the attention scores, <c>[batch, 1, 1, tokens]</c>; null attends everywhere.</param>
    /// <param name="training">Whether dropout applies.</param>
    public Tensor Forward(Tensor hidden, Tensor? attentionBias, bool training)
    {
        (long batch, long tokens) = (hidden.shape[0], hidden.shape[1]);
        Tensor context = nn.functional.scaled_dot_product_attention(
            Heads(_query), Heads(_key), Heads(_value), attentionBias!, training ? _shape.AttentionDropout : 0, false);
        Tensor attended = _attentionOutput.Forward(context.transpose(1, 2).reshape(batch, tokens, _shape.HiddenSize));
        Tensor middle = _attentionNorm.Forward(Dropout(attended, training).add_(hidden));
        Tensor result = _output.Forward(Activate(_intermediate.Forward(middle)));
        return _outputNorm.Forward(Dropout(result, training).add_(middle));

        Tensor Heads(LinearLayer layer) => layer.Forward(hidden).view(batch, tokens, _shape.HeadCount, -1).transpose(1, 2);
    }

    private Tensor Dropout(Tensor input, bool training) =>
        training && _shape.HiddenDropout > 0 ? nn.functional.dropout(input, _shape.HiddenDropout, true, false) : input;

    private Tensor Activate(Tensor input) => _shape.Activation switch
    {
        "gelu" => nn.functional.gelu(input),
        "gelu_new" => nn.functional.gelu(input, TorchSharp.Modules.GELU.Approximate.tanh),
        _ => nn.functional.relu(input),
    };
}
