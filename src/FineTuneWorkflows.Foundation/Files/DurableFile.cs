using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FineTuneWorkflows.Foundation.Files;

/// <summary>
/// Files that are there whole or not at all, whatever is killed when: written beside, flushed to the disk, renamed into place.
/// </summary>
public static partial class DurableFile
{
    private const int BufferBytes = 1 << 16;

    // ENOTSUP and EOPNOTSUPP.
    private static int[] Unsupported => OperatingSystem.IsMacOS() ? [45, 102] : [95];

    /// <summary>Writes a small file.</summary>
    /// <param name="path">Where it will stand; what stood there is replaced.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="flush">Whether it must survive a loss of power, too. Without it, it survives a killed process.</param>
    /// <param name="flushFolder">Whether its name must survive that, too; false where the caller flushes the folder later.</param>
    /// <exception cref="IOException">The disk is full or fails, or the folder is missing; nothing is left behind.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content, bool flush = true, bool flushFolder = true)
    {
        Place(path, content, static (stream, bytes) => stream.Write(bytes), overwrite: true, flush);
        if (flush && flushFolder)
            FlushFolder(FolderOf(path));
    }

    /// <summary>Writes a file of any length piece by piece. It survives a loss of power.</summary>
    /// <param name="path">Where it will stand; what stood there is replaced. Its folder is made where it is missing.</param>
    /// <param name="write">Writes its bytes. What it throws, this throws, and nothing is left behind.</param>
    /// <exception cref="IOException">The disk is full or fails.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        Directory.CreateDirectory(FolderOf(path));
        Place(path, write, static (stream, write) => write(stream), overwrite: true, flush: true, BufferBytes);
        FlushFolder(FolderOf(path));
    }

    /// <summary>Writes a small file where none stands yet; it survives a loss of power. Of several processes that try at once one succeeds.</summary>
    /// <param name="path">Where it will stand.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="mode">Who may do what with it, on Unix. Default: as the process's mask says.</param>
    /// <returns>False, with nothing written, where a file stands there already.</returns>
    public static bool TryCreate(string path, ReadOnlySpan<byte> content, UnixFileMode? mode = null)
    {
        if (!Place(path, content, static (stream, bytes) => stream.Write(bytes), overwrite: false, flush: true, mode: mode))
            return false;
        FlushFolder(FolderOf(path));
        return true;
    }

    /// <summary>Gives a file that is complete, such as a finished download, its final name. It survives a loss of power from then on.</summary>
    /// <param name="finished">The file, closed, on the same file system. It is gone afterwards.</param>
    /// <param name="path">Where it will stand; what stood there is replaced.</param>
    public static void Move(string finished, string path)
    {
        Flush(finished);
        File.Move(finished, path, overwrite: true);
        FlushFolder(FolderOf(path));
    }

    /// <summary>Flushes a file that is already written.</summary>
    public static void Flush(string path)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.FlushToDisk(handle);
    }

    /// <summary>Flushes a folder's entries, so that a rename in it survives a loss of power. Windows needs and offers no such thing.</summary>
    /// <exception cref="IOException">The folder is missing, or the disk fails.</exception>
    public static void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open(path, 0);
        if (descriptor < 0)
            throw new IOException($"the folder {path} cannot be opened to flush it: {Marshal.GetLastPInvokeErrorMessage()}");
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (FSync(descriptor) != 0)
            CheckFolderFlush(path, Marshal.GetLastPInvokeError());
    }

    /// <summary>Accepts that some network file systems cannot flush a folder: they answer EINVAL, ENOTSUP or EOPNOTSUPP, and order renames themselves.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="error">What fsync answered.</param>
    /// <exception cref="IOException">It was another error, such as EIO of a failing disk or ENOSPC of a full one.</exception>
    internal static void CheckFolderFlush(string path, int error)
    {
        const int invalid = 22;
        if (error != invalid && !Unsupported.Contains(error))
            throw new IOException($"the folder {path} cannot be flushed to disk: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path))!;

    private static bool Place<T>(string path, T content, Action<Stream, T> write, bool overwrite, bool flush, int bufferBytes = 0, UnixFileMode? mode = null)
        where T : allows ref struct
    {
        var temporary = $"{path}.{Environment.ProcessId}-{BitConverter.ToUInt64(Guid.NewGuid().ToByteArray()):x16}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = bufferBytes };
        if (mode is not null && !OperatingSystem.IsWindows())
            options.UnixCreateMode = mode;
        try
        {
            using (var stream = new FileStream(temporary, options))
            {
                write(stream, content);
                if (flush)
                    stream.Flush(flushToDisk: true);
            }

            if (overwrite)
                File.Move(temporary, path, overwrite: true);
            return overwrite || TryMoveToNew(temporary, path);
        }
        finally
        {
            // Only where it was not renamed is it there still.
            File.Delete(temporary);
        }
    }

    // File.Move without overwriting looks first and renames then on Unix, which replaces what another made in between; a hard link is made or refused in one step.
    private static bool TryMoveToNew(string temporary, string path)
    {
        const int exists = 17, notPermitted = 1;
        if (!OperatingSystem.IsWindows())
        {
            if (Link(temporary, path) == 0)
                return true;
            var error = Marshal.GetLastPInvokeError();
            if (error == exists && !Directory.Exists(path))
                return false;
            // A file system without hard links, such as FAT.
            if (error != notPermitted && !Unsupported.Contains(error))
                throw new IOException($"{path} cannot be made: {Marshal.GetPInvokeErrorMessage(error)}");
        }

        try
        {
            File.Move(temporary, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string from, string to);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);
}
