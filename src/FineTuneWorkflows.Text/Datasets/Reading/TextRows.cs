using System.Text;

namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>Documents of a plain text file.</summary>
internal static class TextRows
{
    public static IEnumerable<RawRow> Read(TextReader reader, DocumentBoundary documents)
    {
        var text = new StringBuilder();
        long number = 0, first = 1;
        while (reader.ReadLine() is { } line)
        {
            number++;
            var empty = string.IsNullOrWhiteSpace(line);
            var ends = documents == DocumentBoundary.Line || (empty && documents == DocumentBoundary.EmptyLine);
            // Empty lines at a document's start are not part of it.
            if (text.Length == 0) first = number;
            if (text.Length > 0 || !empty) text.Append(text.Length > 0 ? "\n" : "").Append(empty ? "" : line);
            if (!ends || text.Length == 0) continue;
            yield return Document();
        }
        if (text.Length > 0) yield return Document();

        RawRow Document()
        {
            var document = text.ToString().TrimEnd('\n');
            text.Clear();
            return new RawRow(first, new TextExample(document), null, null, null);
        }
    }
}
