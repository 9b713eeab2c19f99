using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models.Layers;

/// <summary>Layer normalization over the last dimension (Ba et al. 2016, arXiv:1607.06450).</summary>
internal sealed class NormLayer(ParameterStore store, string name, long width, double epsilon, ParameterRole role = ParameterRole.Backbone) : INorm
{
    private readonly ModelParameter _scale = store.Add(name + ".weight", ParameterKind.NormScale, role, width);
    private readonly ModelParameter _shift = store.Add(name + ".bias", ParameterKind.NormShift, role, width);
    private readonly long[] _shape = [width];

    /// <inheritdoc />
    public Tensor Forward(Tensor input) => nn.functional.layer_norm(input, _shape, _scale.As(input.dtype), _shift.As(input.dtype), epsilon);
}
