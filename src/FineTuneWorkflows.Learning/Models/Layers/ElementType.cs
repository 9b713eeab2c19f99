using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models.Layers;

/// <summary>Changes of element type.</summary>
internal static class ElementType
{
    /// <summary>The tensor in an element type; itself where it has it.</summary>
    public static Tensor As(this Tensor tensor, ScalarType type) => tensor.dtype == type ? tensor : tensor.to(type);
}
