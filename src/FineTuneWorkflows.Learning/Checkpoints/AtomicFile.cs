using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FineTuneWorkflows.Learning.Checkpoints;

/// <summary>Writes files and folders so that a crash leaves the old state or the new one: temporary name, flush to disk, rename.</summary>
internal static partial class AtomicFile
{
    /// <summary>Writes <paramref name="path"/> through a temporary file beside it.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        string temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
            FlushFolder(folder);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Makes renames in a folder durable. Windows does that by itself.</summary>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        int descriptor = Open(folder, 0);
        if (descriptor < 0)
            throw new IOException($"{folder} cannot be opened to flush it: {Marshal.GetLastPInvokeErrorMessage()}");
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (FSync(descriptor) != 0)
            CheckFlush(folder, Marshal.GetLastPInvokeError());
    }

    /// <summary>Takes it that some network file systems cannot flush a folder: they answer EINVAL, ENOTSUP or EOPNOTSUPP, and order renames themselves.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="error">What fsync answered.</param>
    /// <exception cref="IOException">It was another error, such as EIO of a failing disk or ENOSPC of a full one.</exception>
    internal static void CheckFlush(string folder, int error)
    {
        const int invalid = 22;
        // ENOTSUP and EOPNOTSUPP.
        int[] unsupported = OperatingSystem.IsMacOS() ? [45, 102] : [95];
        if (error != invalid && !unsupported.Contains(error))
            throw new IOException($"{folder} cannot be flushed to disk: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);
}
