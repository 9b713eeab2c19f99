using System.Text;

namespace FineTuneWorkflows.Reference;

/// <summary>The pages of <c>docs/reference</c>: each is made from what the program itself knows, and a test fails where the file differs.</summary>
internal static class ReferencePage
{
    private const string Update = "UPDATE_REFERENCE";

    /// <summary>Compares a page with its file, or writes the file where <c>UPDATE_REFERENCE=true</c> says so, as <c>docs/reference/update.sh</c> does.</summary>
    public static void Check(string name, string text)
    {
        var file = Path.Combine(Folder(AppContext.BaseDirectory), name);
        if (Environment.GetEnvironmentVariable(Update) == "true")
            File.WriteAllText(file, text);
        var written = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        if (written != text)
            Assert.Fail($"docs/reference/{name} is stale: run docs/reference/update.sh and commit what it changes. The first difference:\n{FirstDifference(written, text)}");
    }

    /// <summary>A table; signs that mean something in Markdown are taken literally.</summary>
    public static string Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new StringBuilder();
        Row(table, columns);
        Row(table, [.. columns.Select(_ => "---")]);
        foreach (var row in rows)
            Row(table, [.. row.Select(Cell)]);
        return table.Append('\n').ToString();
    }

    /// <summary>A piece of code in a line; nothing for an empty one.</summary>
    public static string Code(string text) => text.Length == 0 ? "" : $"`{text}`";

    private static void Row(StringBuilder table, IReadOnlyList<string> cells) => table.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    private static string Cell(string text)
    {
        var escaped = text.Replace("|", "\\|", StringComparison.Ordinal);
        return text.StartsWith('`') && text.EndsWith('`') ? escaped : escaped.Replace("<", "&lt;", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal);
    }

    private static string FirstDifference(string written, string text)
    {
        var (old, now) = (written.Split('\n'), text.Split('\n'));
        var line = Enumerable.Range(0, Math.Max(old.Length, now.Length)).First(i => old.ElementAtOrDefault(i) != now.ElementAtOrDefault(i));
        return $"line {line + 1}\n- {old.ElementAtOrDefault(line)}\n+ {now.ElementAtOrDefault(line)}";
    }

    private static string Folder(string folder) =>
        File.Exists(Path.Combine(folder, "FineTuneWorkflows.sln")) ? Path.Combine(folder, "docs", "reference") : Folder(Path.GetDirectoryName(folder.TrimEnd(Path.DirectorySeparatorChar))!);
}
