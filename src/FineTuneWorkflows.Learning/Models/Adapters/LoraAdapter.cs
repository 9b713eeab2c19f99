using FineTuneWorkflows.Learning.Models.Layers;
using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models.Adapters;

/// <summary>Two thin matrices beside a linear layer; see <see cref="LoraOptions"/>.</summary>
internal sealed class LoraAdapter
{
    /// <summary>What A's name ends with, after the layer's.</summary>
    public const string DownSuffix = ".lora_A.weight";

    /// <summary>What B's name ends with, after the layer's.</summary>
    public const string UpSuffix = ".lora_B.weight";

    private readonly LinearLayer _layer;
    private readonly double _scale, _dropout;

    /// <param name="store">Where A and B are declared.</param>
    /// <param name="layer">The layer beside which it stands.</param>
    /// <param name="rank">The number of rows of A.</param>
    /// <param name="scale">What its output is multiplied with.</param>
    /// <param name="dropout">Dropout of its input.</param>
    public LoraAdapter(ParameterStore store, LinearLayer layer, long rank, double scale, double dropout)
    {
        (_layer, _scale, _dropout) = (layer, scale, dropout);
        Down = store.Add(layer.Name + DownSuffix, ParameterKind.AdapterDown, ParameterRole.Adapter, rank, layer.Inputs);
        Up = store.Add(layer.Name + UpSuffix, ParameterKind.AdapterUp, ParameterRole.Adapter, layer.Outputs, rank);
    }

    /// <summary>The number of rows of A.</summary>
    public long Rank => Down.Value.shape[0];

    /// <summary>A, <c>[rank, in]</c>.</summary>
    public ModelParameter Down { get; }

    /// <summary>B, <c>[out, rank]</c>.</summary>
    public ModelParameter Up { get; }

    /// <summary><c>[..., in]</c> to <c>[..., out]</c>.</summary>
    public Tensor Forward(Tensor input, bool training)
    {
        Tensor inner = nn.functional.linear(Dropout.Apply(input, _dropout, training), Down.As(input.dtype));
        // Scaled where it is thin.
        return nn.functional.linear(inner.Times(_scale), Up.As(input.dtype));
    }

    /// <summary>The layer's matrix with what the adapter adds to it, in 32 bits and as it is stored.</summary>
    public Tensor Merged()
    {
        Tensor added = Up.Value.mm(Down.Value).Times(_scale);
        return _layer.Weight.Value.As(ScalarType.Float32).Plus(_layer.IsTransposed ? added.t() : added);
    }
}
