using System.Text.RegularExpressions;

namespace FineTuneWorkflows.Conventions.Tests.Architecture;

/// <summary>
/// Which top-level folders of a project know which others, by the source text: directives, and names that a namespace is written before. What only a comment names counts for nothing.
/// </summary>
internal sealed partial class FolderGraph
{
    private readonly SortedDictionary<string, SortedDictionary<string, List<string>>> _known = new(StringComparer.Ordinal);

    /// <summary>Reads a project.</summary>
    /// <param name="ns">Its root namespace.</param>
    /// <param name="files">Its source files: the path from the project's folder, with slashes, and the text.</param>
    public FolderGraph(string ns, IReadOnlyList<(string Path, string Text)> files)
    {
        var sources = files
            .Where(file => file.Path.Contains('/', StringComparison.Ordinal))
            .Select(file => (Folder: file.Path.Split('/')[0], file.Path, Code: Comment().Replace(file.Text, "")))
            .ToList();
        var types = sources
            .SelectMany(source => Declaration().Matches(source.Code).Select(match => (source.Folder, Type: match.Groups[1].Value)))
            .ToHashSet();
        foreach (var folder in sources.Select(source => source.Folder).Distinct())
        {
            _known[folder] = new(StringComparer.Ordinal);
        }

        foreach (var (folder, path, code) in sources)
        {
            var whole = Regex.Matches(code, $@"(?<![\w.])(?<!namespace )(?:global::)?{Regex.Escape(ns)}\.(\w+)").Select(match => match.Groups[1].Value);
            var relative = Qualified()
                .Matches(code)
                .Select(match => (Folder: match.Groups[1].Value, Type: match.Groups[2].Value))
                .Where(types.Contains)
                .Select(name => name.Folder);
            foreach (var other in whole.Concat(relative).Distinct().Where(other => other != folder && _known.ContainsKey(other)))
            {
                if (!_known[folder].TryGetValue(other, out var at))
                {
                    _known[folder][other] = at = [];
                }

                at.Add(path);
            }
        }
    }

    /// <summary>The folders that know each other in a circle, each group in ordinal order.</summary>
    public IReadOnlyList<string> Cycles()
    {
        var below = _known.Keys.ToDictionary(folder => folder, Reached, StringComparer.Ordinal);
        return
        [
            .. _known
                .Keys.Where(folder => below[folder].Contains(folder))
                .Select(folder => string.Join(", ", below[folder].Where(other => below[other].Contains(folder)).Order(StringComparer.Ordinal)))
                .Distinct(),
        ];
    }

    /// <summary>The arrows between folders, each with the files that draw it.</summary>
    /// <param name="folders">The folders.</param>
    public IEnumerable<string> Arrows(IReadOnlyList<string> folders) =>
        folders.SelectMany(folder =>
            _known[folder].Where(other => folders.Contains(other.Key)).Select(other => $"{folder} -> {other.Key}: {string.Join(", ", other.Value)}")
        );

    private HashSet<string> Reached(string from)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(_known[from].Keys);
        while (open.TryPop(out var folder))
        {
            if (reached.Add(folder))
            {
                foreach (var further in _known[folder].Keys)
                {
                    open.Push(further);
                }
            }
        }

        return reached;
    }

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/|@\*.*?\*@", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\b(?:class|record struct|record|struct|interface|enum)\s+(\w+)")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"(?<![\w.])(\w+)\.(\w+)")]
    private static partial Regex Qualified();
}
