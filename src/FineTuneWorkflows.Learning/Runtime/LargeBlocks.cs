using System.Runtime.InteropServices;

namespace FineTuneWorkflows.Learning.Runtime;

/// <summary>
/// Has glibc give each large block of memory back when it is freed. By itself it raises the size from which it does so up to 32 MiB, and keeps what lies
/// between smaller blocks: a training that frees layer after layer then held up to 66% more than its tensors (benchmarks/README.md).
/// </summary>
internal static class LargeBlocks
{
    // M_MMAP_THRESHOLD of mallopt(3); setting it also ends its own rising.
    private const int MapThreshold = -3, Threshold = 1 << 20;

    private delegate int SetOption(int parameter, int value);

    /// <summary>From now on, in the whole process. Elsewhere than with glibc it does nothing.</summary>
    /// <returns>Whether the allocator took it.</returns>
    public static bool GiveBack() =>
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out IntPtr library) && NativeLibrary.TryGetExport(library, "mallopt", out IntPtr function)
        && Marshal.GetDelegateForFunctionPointer<SetOption>(function)(MapThreshold, Threshold) == 1;
}
