using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models.Layers;

/// <summary>A normalization over the last dimension.</summary>
internal interface INorm
{
    /// <summary><c>[..., width]</c> to the same shape.</summary>
    Tensor Forward(Tensor input);
}
