using System.Globalization;

namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>What readers found out about files and did to rows, for the user to see: what was detected, converted or cut, in files' names and counts.</summary>
public sealed class ReadingNotes
{
    private readonly List<Entry> _entries = [];

    /// <summary>Notes something about a file; the same about several files becomes one note.</summary>
    /// <param name="file">The file.</param>
    /// <param name="text">What, such as <c>separated by ';'</c>.</param>
    public void Say(string file, string text) => Of(file, text, isCount: false);

    /// <summary>Counts something done to rows of a file; of all files together it becomes one note.</summary>
    /// <param name="file">The file.</param>
    /// <param name="what">What was counted, such as <c>tags of another scheme became IOB2</c>.</param>
    /// <param name="count">How many more.</param>
    public void Count(string file, string what, long count = 1) => Of(file, what, isCount: true).Count += count;

    /// <summary>The notes in the order in which they first came up.</summary>
    public IReadOnlyList<string> Texts => [.. _entries.Select(entry => entry.ToString())];

    private Entry Of(string file, string text, bool isCount)
    {
        var entry = _entries.Find(e => e.Text == text && e.IsCount == isCount);
        if (entry is null) _entries.Add(entry = new Entry(Path.GetFileName(file), text, isCount));
        entry.Files.Add(file);
        return entry;
    }

    private sealed record Entry(string First, string Text, bool IsCount)
    {
        public HashSet<string> Files { get; } = new(StringComparer.Ordinal);

        public long Count { get; set; }

        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{First}{(Files.Count > 1 ? $" and {Files.Count - 1} more" : "")}: {(IsCount ? $"{Count} " : "")}{Text}");
    }
}
