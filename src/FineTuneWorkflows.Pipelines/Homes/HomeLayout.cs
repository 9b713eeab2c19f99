namespace FineTuneWorkflows.Pipelines.Homes;

/// <summary>The names that a home gives its own files. What bears another name in a home's folder is somebody else's and is never removed.</summary>
internal static class HomeLayout
{
    /// <summary>The journal's name in a run's folder.</summary>
    public const string JournalFile = "journal.jsonl";

    private static readonly (string Folder, Func<FileSystemInfo, bool> IsOwn)[] Folders =
    [
        ("objects", entry => entry is DirectoryInfo shelf && IsHexadecimal(shelf.Name, 2) && shelf.EnumerateFileSystemInfos().All(IsObject)),
        ("stages", entry => entry is FileInfo && (IsTemporary(entry) || IsHexadecimal(Stem(entry, ".json"), 64))),
        ("runs", entry => entry is DirectoryInfo && (IsRunId(entry.Name) || File.Exists(Path.Combine(entry.FullName, JournalFile)))),
        ("work", entry => entry is DirectoryInfo && IsFingerprint(entry.Name)),
        ("pipelines", entry => entry is FileInfo && (IsTemporary(entry) || IsPipeline(Stem(entry, ".json")))),
        ("locks", entry => entry is FileInfo && entry.Extension == ".lock"),
    ];

    /// <summary>Whether a name is a fingerprint's: that of a work folder.</summary>
    public static bool IsFingerprint(string name) => IsHexadecimal(name, 64);

    /// <summary>Whether a name is an artifact's digest.</summary>
    public static bool IsDigest(string name) => IsHexadecimal(name, 64);

    /// <summary>Whether a file is the lock of a stage, a run or a run's pins.</summary>
    public static bool IsPassingLock(string name) =>
        name.EndsWith(".lock", StringComparison.Ordinal)
        && (name.StartsWith("stage-", StringComparison.Ordinal) || name.StartsWith("run-", StringComparison.Ordinal) || name.StartsWith("pins-", StringComparison.Ordinal));

    /// <summary>Whether a folder without a marker holds what only a home holds: one that an earlier version made.</summary>
    public static bool IsHome(string root) =>
        File.Exists(Path.Combine(root, "locks", "home.lock")) && Directory.Exists(Path.Combine(root, "objects")) && Foreign(root) is null;

    /// <summary>The first entry that stands where a home would keep its own and is none of them; null where nothing is in the way of a home.</summary>
    public static string? Foreign(string root)
    {
        foreach (var (name, isOwn) in Folders)
        {
            var folder = new DirectoryInfo(Path.Combine(root, name));
            if (File.Exists(folder.FullName))
                return folder.FullName;
            if (folder.Exists && folder.EnumerateFileSystemInfos().FirstOrDefault(entry => !entry.Name.StartsWith('.') && !isOwn(entry)) is { } foreign)
                return foreign.FullName;
        }

        return null;
    }

    private static bool IsObject(FileSystemInfo entry) => entry is DirectoryInfo ? IsDigest(entry.Name) : IsTemporary(entry) || IsDigest(Stem(entry, ".manifest"));

    // What a killed process left of a file that it was writing.
    private static bool IsTemporary(FileSystemInfo entry) => entry.Extension == ".tmp";

    // Name and eight digits of a hash.
    private static bool IsPipeline(string name) => name.LastIndexOf('-') is >= 0 and var at && IsHexadecimal(name[(at + 1)..], 8);

    // It begins with the time of the run's start, yyyyMMdd-HHmmssfff.
    private static bool IsRunId(string name) => name.Length > 18 && name[8] == '-' && name.AsSpan(0, 8).IndexOfAnyExceptInRange('0', '9') < 0 && name.AsSpan(9, 9).IndexOfAnyExceptInRange('0', '9') < 0;

    private static string Stem(FileSystemInfo entry, string extension) => entry.Name.EndsWith(extension, StringComparison.Ordinal) ? entry.Name[..^extension.Length] : "";

    private static bool IsHexadecimal(string text, int length) => text.Length == length && text.All(char.IsAsciiHexDigitLower);
}
