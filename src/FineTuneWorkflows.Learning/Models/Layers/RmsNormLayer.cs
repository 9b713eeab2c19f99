using FineTuneWorkflows.Learning.Runtime;
using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models.Layers;

/// <summary>Normalization by the root of the mean square over the last dimension (Zhang and Sennrich 2019, arXiv:1910.07467).</summary>
internal sealed class RmsNormLayer(ParameterStore store, string name, long width, double epsilon) : INorm
{
    private readonly ModelParameter _scale = store.Add(name + ".weight", ParameterKind.NormScale, ParameterRole.Backbone, width);

    /// <inheritdoc />
    public Tensor Forward(Tensor input)
    {
        // The mean square of 16-bit numbers is taken in 32 bits, as transformers does.
        Tensor wide = input.As(ScalarType.Float32);
        // Freed at once, as backward does not need them.
        using Tensor squares = wide.square();
        Tensor normalized = wide * squares.mean([-1], keepdim: true).Plus(epsilon).rsqrt();
        if (input.dtype == ScalarType.Float32)
            return normalized * _scale.Value;
        using (normalized)
            return normalized.to(input.dtype) * _scale.As(input.dtype);
    }
}
