using System.Runtime.Intrinsics;
using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Checkpoints;

/// <summary>Looks for NaN and infinities.</summary>
internal static unsafe class Finiteness
{
    /// <summary>The name of the first tensor that has one; null where none has.</summary>
    public static string? FirstProblem(IEnumerable<KeyValuePair<string, torch.Tensor>> tensors)
    {
        using var noGrad = torch.no_grad();
        foreach ((string name, torch.Tensor tensor) in tensors)
        {
            if (!Of(tensor))
                return name;
        }
        return null;
    }

    /// <summary>The place of the first number that is not finite; -1 where all are.</summary>
    public static long FirstPlace(float* values, long count)
    {
        var exponent = Vector256.Create(0x7f800000u);
        long i = 0;
        for (; i <= count - 8; i += 8)
        {
            if (Vector256.EqualsAny(Vector256.Load((uint*)values + i) & exponent, exponent))
                break;
        }
        for (; i < count; i++)
        {
            if (!float.IsFinite(values[i]))
                return i;
        }
        return -1;
    }

    private static bool Of(torch.Tensor tensor)
    {
        // One pass that takes no memory, where libtorch's own makes a tensor of truth values.
        if (tensor.device_type == DeviceType.CPU && tensor.dtype == torch.ScalarType.Float32 && tensor.is_contiguous())
            return FirstPlace((float*)TensorMemory.Pointer(tensor), tensor.NumberOfElements) < 0;
        using var scope = torch.NewDisposeScope();
        return tensor.isfinite().all().to(torch.float32).Number() != 0;
    }
}
