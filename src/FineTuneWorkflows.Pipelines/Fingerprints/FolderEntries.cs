using FineTuneWorkflows.Pipelines.Sources;
using Microsoft.Extensions.FileSystemGlobbing.Abstractions;

namespace FineTuneWorkflows.Pipelines.Fingerprints;

/// <summary>
/// What is in folders, hidden entries left out and symbolic links followed. A link that leads nowhere or back to a folder that it lies in, and a name that is not UTF-8, which .NET cannot open, are
/// said as such.
/// </summary>
/// <param name="refuse">Is shown each link before anything about where it leads is said, and throws where that may not be told.</param>
internal sealed class FolderEntries(Action<string> refuse)
{
    /// <summary>All files below a folder.</summary>
    /// <exception cref="IOException">An entry cannot be read; the message says why.</exception>
    public IEnumerable<FileInfo> FilesBelow(DirectoryInfo folder)
    {
        foreach (var entry in In(folder))
        {
            if (entry is FileInfo file)
                yield return file;
            else
                foreach (var below in FilesBelow((DirectoryInfo)entry))
                    yield return below;
        }
    }

    /// <summary>The entries of a folder.</summary>
    /// <exception cref="IOException">An entry cannot be read; the message says why.</exception>
    public IEnumerable<FileSystemInfo> In(DirectoryInfo folder)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = FileAttributes.Hidden, IgnoreInaccessible = false }))
        {
            if (entry.LinkTarget is { } target)
            {
                refuse(entry.FullName);
                if (Fault(entry.FullName, target) is { } fault)
                    throw new IOException(fault);
                yield return Directory.Exists(entry.FullName) ? new DirectoryInfo(entry.FullName) : new FileInfo(entry.FullName);
                continue;
            }

            // .NET puts a replacement character where a name's bytes are not UTF-8, and finds no file of that name.
            if (entry.Name.Contains('\uFFFD') && !Path.Exists(entry.FullName))
                throw new IOException($"the name of '{entry.FullName}' is not UTF-8; rename it");
            yield return entry;
        }
    }

    /// <summary>The entries of a folder as globs look at them.</summary>
    public DirectoryInfoBase ForGlobs(DirectoryInfo folder) => new GlobFolder(this, folder);

    /// <summary>What is wrong with a path that is a link, or null.</summary>
    public static string? Fault(string path)
    {
        // A link's own entry is one, whatever it leads to.
        var info = new FileInfo(path);
        return info.LinkTarget is { } target ? Fault(path, target) : null;
    }

    private static string? Fault(string path, string target)
    {
        string real;
        try
        {
            real = LinkFreePath.Of(path);
        }
        catch (IOException)
        {
            return $"the symbolic link {path} leads in a circle; remove it";
        }

        // Asked of the link itself, .NET says that it exists whatever it leads to.
        if (!Path.Exists(real))
            return $"the symbolic link {path} leads to {target}, which does not exist";
        if (!Directory.Exists(path))
            return null;
        var lies = LinkFreePath.Of(Path.GetDirectoryName(path)!);
        return lies == real || lies.StartsWith(real.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? $"the symbolic link {path} leads back to {real}, a folder that it lies in, so that its files would never end; remove it"
            : null;
    }

    private sealed class GlobFolder(FolderEntries entries, DirectoryInfo folder) : DirectoryInfoBase
    {
        public override string Name => folder.Name;

        public override string FullName => folder.FullName;

        public override DirectoryInfoBase? ParentDirectory => folder.Parent is { } parent ? new GlobFolder(entries, parent) : null;

        public override IEnumerable<FileSystemInfoBase> EnumerateFileSystemInfos() =>
            entries.In(folder).Select(FileSystemInfoBase (entry) => entry is DirectoryInfo below ? new GlobFolder(entries, below) : new FileInfoWrapper((FileInfo)entry));

        public override DirectoryInfoBase? GetDirectory(string name) => new GlobFolder(entries, new(Path.Combine(folder.FullName, name)));

        public override FileInfoBase? GetFile(string name) => new FileInfoWrapper(new(Path.Combine(folder.FullName, name)));
    }
}
