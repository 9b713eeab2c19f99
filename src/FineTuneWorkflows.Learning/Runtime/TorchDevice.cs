using System.Globalization;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Runtime;

/// <summary>Where tensors live and compute: the CPU, or one CUDA device.</summary>
/// <param name="IsCuda">True for a CUDA device.</param>
/// <param name="Index">The CUDA device's number, 0 for the CPU.</param>
public readonly record struct TorchDevice(bool IsCuda, int Index)
{
    /// <summary>The CPU.</summary>
    public static TorchDevice Cpu => default;

    /// <summary>
    /// Reads <c>auto</c> (CUDA if there is one, else the CPU), <c>cpu</c>, <c>cuda</c> (device 0) or <c>cuda:n</c>; case does not matter.
    /// Loads libtorch unless the answer is <c>cpu</c>.
    /// </summary>
    /// <exception cref="TorchRuntimeException">The text is none of these, or there is no such CUDA device.</exception>
    public static TorchDevice Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string value = text.Trim().ToLowerInvariant();
        if (value == "cpu")
            return Cpu;
        if (value == "auto")
        {
            TorchRuntime.EnsureLoaded();
            return CudaDeviceCount() > 0 ? new TorchDevice(true, 0) : Cpu;
        }
        int index = 0;
        bool valid = value == "cuda"
            || (value.StartsWith("cuda:", StringComparison.Ordinal)
                && int.TryParse(value.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out index));
        if (!valid)
            throw new TorchRuntimeException($"Device '{text}' is not known. Use auto, cpu, cuda or cuda:<number>, such as cuda:0.");
        TorchRuntime.EnsureLoaded();
        int count = CudaDeviceCount();
        if (count == 0)
        {
            throw new TorchRuntimeException(
                $"Device '{text}' was asked for, but no CUDA device can be used here. Use cpu or auto; for a GPU, build with -p:TorchBackend=cuda "
                + $"or set {TorchRuntime.LibtorchVariable} to a libtorch with CUDA, and check that the driver works (nvidia-smi).");
        }
        if (index >= count)
            throw new TorchRuntimeException($"Device '{text}' was asked for, but this machine has {count} CUDA device(s): cuda:0 to "
                + $"cuda:{count - 1}.");
        return new TorchDevice(true, index);
    }

    /// <summary><c>cpu</c> or <c>cuda:n</c>.</summary>
    public override string ToString() => IsCuda ? string.Create(CultureInfo.InvariantCulture, $"cuda:{Index}") : this == Nowhere ? "meta" : "cpu";

    /// <summary>No place at all: tensors have shapes and take no memory.</summary>
    internal static TorchDevice Nowhere => new(false, -1);

    internal torch.Device ToTorch() => IsCuda ? new torch.Device(DeviceType.CUDA, Index) : this == Nowhere ? torch.META : torch.CPU;

    private static int CudaDeviceCount() => torch.cuda.is_available() ? torch.cuda.device_count() : 0;
}
