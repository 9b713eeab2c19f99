using FineTuneWorkflows.Learning.Randomness;
using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models.Layers;

/// <summary>
/// Dropout (Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting"). On the CPU the mask is
/// <see cref="RandomMask"/>'s, whose seed is drawn from libtorch's generator: libtorch's own takes 12 ns for each number of it, a twelfth of a step of
/// BERT-base.
/// </summary>
internal static unsafe class Dropout
{
    /// <summary>The input with a share of its numbers set to 0 and the others scaled up; as it is outside training or where nothing is dropped.</summary>
    public static Tensor Apply(Tensor input, double share, bool training)
    {
        if (!training || share <= 0)
            return input;
        return input.device_type == DeviceType.CPU
            ? input * Mask(input, share)
            : nn.functional.dropout(input, share, true, false);
    }

    private static Tensor Mask(Tensor input, double share)
    {
        Tensor mask = empty(input.shape, ScalarType.Float32);
        using Tensor seed = randint(0, long.MaxValue, [1], ScalarType.Int64);
        RandomMask.Fill((float*)TensorMemory.Pointer(mask), mask.NumberOfElements, share, (float)(1 / (1 - share)), (ulong)seed.WholeNumber(), get_num_threads());
        if (input.dtype == ScalarType.Float32)
            return mask;
        // Backward needs the copy alone.
        using (mask)
            return mask.to(input.dtype);
    }
}
