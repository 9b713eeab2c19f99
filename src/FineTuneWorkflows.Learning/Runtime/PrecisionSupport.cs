using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace FineTuneWorkflows.Learning.Runtime;

/// <summary>Which precisions a device computes by itself.</summary>
internal static class PrecisionSupport
{
    private const int FirstCapability = 8;

    /// <summary>Why a device does not compute in a precision; null where it does.</summary>
    public static string? Problem(TorchDevice device, Precision precision)
    {
        if (precision == Precision.Float32)
            return null;
        if (device.IsCuda)
        {
            return CudaDriver.Capability(device.Index) is { } found && found.Major < FirstCapability
                ? $"{device} has compute capability {found.Major}.{found.Minor}, and {precision} needs {FirstCapability}.0 or more" : null;
        }
        if (precision == Precision.TensorFloat32)
            return $"{precision} is there on GPUs alone, and {device} is none";
        return ProcessorHasBFloat16() ? null : "this CPU has no instructions for bfloat16 (AVX512-BF16, AMX-BF16 or Arm's BF16)";
    }

    private static bool ProcessorHasBFloat16()
    {
        if (X86Base.IsSupported)
        {
            // Intel SDM, CPUID leaf 7: AVX512_BF16 is bit 5 of EAX in subleaf 1, AMX-BF16 bit 22 of EDX in subleaf 0.
            (int subleaves, _, _, int features) = X86Base.CpuId(7, 0);
            return (features & (1 << 22)) != 0 || (subleaves >= 1 && (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0);
        }
        const string features64 = "/proc/cpuinfo";
        return RuntimeInformation.ProcessArchitecture == Architecture.Arm64
            && (OperatingSystem.IsMacOS() || (File.Exists(features64) && File.ReadLines(features64).Any(line => line.StartsWith("Features", StringComparison.Ordinal) && line.Split(' ').Contains("bf16"))));
    }
}
