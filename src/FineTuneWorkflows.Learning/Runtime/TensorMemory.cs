using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Runtime;

/// <summary>The raw memory of contiguous tensors on the CPU.</summary>
internal static unsafe class TensorMemory
{
    /// <summary>
    /// The address of a contiguous processor tensor's first element. It stays valid while the tensor lives: libtorch's memory does not move.
    /// </summary>
    public static byte* Pointer(torch.Tensor tensor)
    {
        if (tensor.device_type != DeviceType.CPU || !tensor.is_contiguous())
            throw new ArgumentException("The tensor must be contiguous and on the CPU.", nameof(tensor));
        if (tensor.NumberOfElements == 0)
            return null;
        // A view of the first element: spans end at 2 GB, tensors do not.
        using torch.Tensor detached = tensor.detach();
        using torch.Tensor flat = detached.view(-1);
        using torch.Tensor first = flat.narrow(0, 0, 1);
        return (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }

    /// <summary>The length of the tensor's memory in bytes.</summary>
    public static long Length(torch.Tensor tensor) => tensor.NumberOfElements * tensor.ElementSize;
}
