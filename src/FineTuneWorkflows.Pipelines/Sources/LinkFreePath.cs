namespace FineTuneWorkflows.Pipelines.Sources;

/// <summary>What a path leads to once all its symbolic links are followed, those of its folders included, as <c>realpath -m</c> says it.</summary>
internal static class LinkFreePath
{
    // As many as Linux follows.
    private const int MostLinks = 40;

    /// <summary>The path without links. Parts that do not exist are kept as they are.</summary>
    /// <exception cref="IOException">The links form a loop.</exception>
    public static string Of(string path)
    {
        var full = Path.GetFullPath(path);
        var at = Path.GetPathRoot(full)!;
        var left = new Stack<string>(Parts(full[at.Length..]));
        var links = 0;
        while (left.TryPop(out var part))
        {
            if (part is "..")
            {
                at = Path.GetDirectoryName(at) ?? at;
                continue;
            }

            var next = Path.Combine(at, part);
            FileSystemInfo info = Directory.Exists(next) ? new DirectoryInfo(next) : new FileInfo(next);
            if (info.LinkTarget is not { } target)
            {
                at = next;
                continue;
            }

            if (++links > MostLinks)
                throw new IOException($"{path}: its symbolic links form a loop");
            if (Path.GetPathRoot(target) is { Length: > 0 } root)
                (at, target) = (root, target[root.Length..]);
            foreach (var piece in Parts(target))
                left.Push(piece);
        }

        return at;
    }

    // The last one first, as a stack wants them.
    private static IEnumerable<string> Parts(string path) =>
        path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries).Where(p => p != ".").Reverse();
}
