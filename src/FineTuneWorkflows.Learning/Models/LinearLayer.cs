using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models;

/// <summary>y = x Wᵀ + b, with W <c>[out, in]</c> as in Hugging Face checkpoints.</summary>
internal sealed class LinearLayer(ParameterStore store, string name, long inputs, long outputs)
{
    private readonly ModelParameter _weight = store.Add(name + ".weight", ParameterKind.Weight, outputs, inputs);
    private readonly ModelParameter _bias = store.Add(name + ".bias", ParameterKind.Bias, outputs);

    /// <summary><c>[..., in]</c> to <c>[..., out]</c>.</summary>
    public Tensor Forward(Tensor input) => nn.functional.linear(input, _weight.Value, _bias.Value);
}
