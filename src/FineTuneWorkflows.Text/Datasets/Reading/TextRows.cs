using System.Text;
using FineTuneWorkflows.Text.Files;

namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>Documents of a plain text file.</summary>
internal static class TextRows
{
    /// <summary>The most characters of a document; what writes and reads JSON takes little more.</summary>
    public const int MostChars = 100_000_000;

    public static IEnumerable<RawRow> Read(string path, LineReader reader, ReadOptions options, ReadingNotes notes)
    {
        var documents = options.Documents;
        var text = new StringBuilder();
        LineProblem? problem = null;
        long first = 1, wrong = 0;
        while (reader.Read())
        {
            if (reader.Problem is not null && problem is null) (problem, wrong) = (reader.Problem, reader.Number);
            var line = reader.Line;
            var empty = string.IsNullOrWhiteSpace(line);
            var ends = documents == DocumentBoundary.Line || (empty && reader.Problem is null && documents == DocumentBoundary.EmptyLine);
            // Empty lines at a document's start are not part of it.
            if (text.Length == 0) first = reader.Number;
            if (text.Length > 0 || !empty) text.Append(text.Length > 0 ? "\n" : "").Append(empty ? "" : line);
            // Who predicts expects an answer for each line.
            if (empty && documents == DocumentBoundary.Line && !options.WithLabels && reader.Problem is null) notes.Count(path, "empty lines were passed over: there is no answer for them");
            if (text.Length > MostChars)
                throw new TextDataException(
                    $"the document is longer than {MostChars / 1_000_000} million characters", path, first, null,
                    [new(nameof(ReadOptions.Documents), nameof(DocumentBoundary.EmptyLine), "empty lines divide documents"), new(nameof(ReadOptions.Documents), nameof(DocumentBoundary.Line), "each line is one")]);
            if (ends && (text.Length > 0 || problem is not null)) yield return Document();
        }
        if (text.Length > 0 || problem is not null) yield return Document();

        RawRow Document()
        {
            var row = problem is null ? new RawRow(first, new TextExample(text.ToString().TrimEnd('\n')), null, null, null) : RawRow.Bad(wrong, problem);
            text.Clear();
            problem = null;
            return row;
        }
    }
}
