using System.Globalization;
using System.Runtime.InteropServices;
using System.Xml.Linq;

namespace FineTuneWorkflows.Learning.Tests.Support;

/// <summary>The memory that libtorch has of glibc, by glibc's own account (malloc_info(3)), where there is glibc.</summary>
internal static class AllocatedMemory
{
    private delegate IntPtr Open(string path, string mode);

    private delegate int Close(IntPtr file);

    private delegate int Write(int options, IntPtr file);

    /// <summary>Whether it can be told here.</summary>
    public static bool CanBeTold { get; } = Find<Write>("malloc_info") is not null;

    /// <summary>The bytes that are in use; tensors that nobody holds any more are freed first.</summary>
    public static long Now()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        string path = Path.GetTempFileName();
        try
        {
            IntPtr file = Find<Open>("fopen")!(path, "w");
            int written = Find<Write>("malloc_info")!(0, file);
            Assert.Equal((0, 0), (written, Find<Close>("fclose")!(file)));
            XElement account = XDocument.Load(path).Root!;
            // What the arenas have of the system, less what is free in them, and the blocks that lie outside.
            return Size("system", "current") - Size("total", "fast") - Size("total", "rest") + Size("total", "mmap");

            long Size(string element, string type) =>
                long.Parse(account.Elements(element).Single(e => e.Attribute("type")!.Value == type).Attribute("size")!.Value, CultureInfo.InvariantCulture);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static T? Find<T>(string name) where T : Delegate =>
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out IntPtr library) && NativeLibrary.TryGetExport(library, name, out IntPtr function)
            ? Marshal.GetDelegateForFunctionPointer<T>(function) : null;
}
