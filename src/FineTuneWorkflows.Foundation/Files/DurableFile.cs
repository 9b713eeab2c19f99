using System.Runtime.InteropServices;

namespace FineTuneWorkflows.Foundation.Files;

/// <summary>
/// Files that are there whole or not at all, whatever is killed when: written beside, flushed to the disk, renamed into place.
/// </summary>
public static class DurableFile
{
    /// <summary>Writes a small file.</summary>
    /// <param name="path">Where it will stand; what stood there is replaced.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="flush">Whether it must survive a loss of power, too. Without it, it survives a killed process.</param>
    /// <param name="flushFolder">Whether its name must survive that, too; false where the caller flushes the folder later.</param>
    public static void Write(string path, ReadOnlySpan<byte> content, bool flush = true, bool flushFolder = true)
    {
        var temporary = WriteBeside(path, content, flush);
        try
        {
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        if (flush && flushFolder)
            FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Writes a small file where none stands yet; it survives a loss of power. Of several processes that try at once one succeeds.</summary>
    /// <param name="path">Where it will stand.</param>
    /// <param name="content">Its bytes.</param>
    /// <returns>False, with nothing written, where a file stands there already.</returns>
    public static bool TryCreate(string path, ReadOnlySpan<byte> content)
    {
        var temporary = WriteBeside(path, content, flush: true);
        try
        {
            File.Move(temporary, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(temporary);
            return false;
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        FlushFolder(Path.GetDirectoryName(path)!);
        return true;
    }

    /// <summary>Flushes a file that is already written.</summary>
    public static void Flush(string path)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.FlushToDisk(handle);
    }

    /// <summary>Flushes a folder's entries, so that a rename in it survives a loss of power. Windows needs and offers no such thing.</summary>
    public static void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open(path, 0);
        if (descriptor < 0)
            throw new IOException($"cannot open the folder {path}: {Marshal.GetLastPInvokeErrorMessage()}");
        try
        {
            if (FSync(descriptor) != 0)
                throw new IOException($"cannot flush the folder {path}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static string WriteBeside(string path, ReadOnlySpan<byte> content, bool flush)
    {
        var temporary = $"{path}.{Environment.ProcessId}-{BitConverter.ToUInt64(Guid.NewGuid().ToByteArray()):x16}.tmp";
        try
        {
            using var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
            stream.Write(content);
            if (flush)
                stream.Flush(flushToDisk: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        return temporary;
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int FSync(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int Close(int descriptor);
}
