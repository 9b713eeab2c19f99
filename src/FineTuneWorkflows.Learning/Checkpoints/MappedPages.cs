using System.Runtime.InteropServices;

namespace FineTuneWorkflows.Learning.Checkpoints;

/// <summary>Memory of mapped files.</summary>
internal static unsafe partial class MappedPages
{
    private const int DontNeed = 4;

    /// <summary>
    /// Tells the system that a part of a read-only mapping was read and need not stay in this process's memory. It is an advice: another read finds the
    /// same bytes, and a system that does not take it only keeps the memory longer. Windows has no such call for views of files.
    /// </summary>
    public static void Release(byte* start, long length)
    {
        if (OperatingSystem.IsWindows() || length == 0)
            return;
        nuint page = (nuint)Environment.SystemPageSize;
        nuint first = (nuint)start / page * page;
        _ = Advise((void*)first, (nuint)start + (nuint)length - first, DontNeed);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
