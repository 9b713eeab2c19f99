using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Checkpoints;

/// <summary>Copies numbers from a file's memory into a tensor, converting them a piece at a time.</summary>
internal static unsafe class WeightCopier
{
    private const int PieceElements = 1 << 20;

    /// <summary>Fills a contiguous tensor.</summary>
    /// <param name="source">The numbers in the file.</param>
    /// <param name="type">Their type.</param>
    /// <param name="target">The tensor to fill; any floating-point type, any device.</param>
    /// <param name="requireFinite">Whether to look for NaN and infinities.</param>
    /// <returns>The place of the first number that is not finite, where that is asked for; else -1.</returns>
    public static long Copy(byte* source, TensorType type, torch.Tensor target, bool requireFinite)
    {
        using var noGrad = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        int size = TensorTypes.Size(type);
        long count = target.NumberOfElements;
        bool direct = target.device_type == DeviceType.CPU && target.dtype == TensorTypes.ToTorch(type) && target.is_contiguous();
        if (count == 0)
            return -1;
        if (direct && (!requireFinite || type == TensorType.F32))
        {
            byte* destination = TensorMemory.Pointer(target);
            for (long start = 0; start < count; start += PieceElements)
            {
                long length = Math.Min(PieceElements, count - start);
                Buffer.MemoryCopy(source + (start * size), destination + (start * size), length * size, length * size);
                long bad = requireFinite ? Finiteness.FirstPlace((float*)destination + start, length) : -1;
                if (bad >= 0)
                    return start + bad;
            }
            return -1;
        }
        torch.Tensor flat = target.detach().view(-1);
        for (long start = 0; start < count; start += PieceElements)
        {
            using var inner = torch.NewDisposeScope();
            long length = Math.Min(PieceElements, count - start);
            torch.Tensor piece = torch.empty([length], TensorTypes.ToTorch(type));
            Buffer.MemoryCopy(source + (start * size), TensorMemory.Pointer(piece), length * size, length * size);
            if (requireFinite)
            {
                piece = piece.to(torch.float32);
                long bad = Finiteness.FirstPlace((float*)TensorMemory.Pointer(piece), length);
                if (bad >= 0)
                    return start + bad;
            }
            flat.narrow(0, start, length).copy_(piece);
        }
        return -1;
    }
}
