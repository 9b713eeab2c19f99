using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models.Layers;

/// <summary>y = x Wᵀ + b, with W <c>[out, in]</c> as in Hugging Face checkpoints, or <c>[in, out]</c> as in those of GPT-2.</summary>
/// <param name="store">Where the weights are declared.</param>
/// <param name="name">What the weights' names begin with.</param>
/// <param name="inputs">Width of the input.</param>
/// <param name="outputs">Width of the output.</param>
/// <param name="role">Which part of the model it is.</param>
/// <param name="biased">Whether there is a b.</param>
/// <param name="transposed">Whether W is <c>[in, out]</c>.</param>
internal sealed class LinearLayer(
    ParameterStore store, string name, long inputs, long outputs, ParameterRole role = ParameterRole.Backbone, bool biased = true, bool transposed = false)
{
    private readonly ModelParameter _weight =
        store.Add(name + ".weight", ParameterKind.Weight, role, transposed ? [inputs, outputs] : [outputs, inputs]);

    private readonly ModelParameter? _bias = biased ? store.Add(name + ".bias", ParameterKind.Bias, role, outputs) : null;

    /// <summary>W as <c>[out, in]</c>.</summary>
    private Tensor Matrix => transposed ? _weight.Value.t() : _weight.Value;

    /// <summary><c>[..., in]</c> to <c>[..., out]</c>.</summary>
    public Tensor Forward(Tensor input) => LinearProduct.Apply(input, Matrix, _bias?.Value);

    /// <summary>What several layers make of one input, all with biases or all without. Of few tokens it is quicker on the processor to join their matrices
    /// first.</summary>
    public static Tensor[] Together(Tensor input, params ReadOnlySpan<LinearLayer> layers)
    {
        const long fewTokens = 1024;
        if (input.device_type != TorchSharp.DeviceType.CPU || input.shape[0] * input.shape[1] >= fewTokens
            || LinearProduct.IsQuicker(input, layers[0].Matrix))
        {
            var outputs = new Tensor[layers.Length];
            for (int i = 0; i < outputs.Length; i++)
                outputs[i] = layers[i].Forward(input);
            return outputs;
        }
        var weights = new Tensor[layers.Length];
        var biases = new List<Tensor>(layers.Length);
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = layers[i].Matrix;
            if (layers[i]._bias is { } bias)
                biases.Add(bias.Value);
        }
        return LinearProduct.Apply(input, cat(weights), biases.Count > 0 ? cat(biases) : null)
            .split([.. weights.Select(weight => weight.shape[0])], -1);
    }
}
