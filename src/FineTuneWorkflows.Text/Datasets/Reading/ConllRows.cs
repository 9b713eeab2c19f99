using FineTuneWorkflows.Text.Labelling;

namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>
/// Sentences of a CoNLL file (E. Tjong Kim Sang and F. De Meulder, cs/0306050): a word a line, the word first and its tag last, white space between; an
/// empty line ends a sentence; a line that begins with <c>-DOCSTART-</c> is passed over. A sentence with a bad line is a bad row.
/// </summary>
internal static class ConllRows
{
    public static IEnumerable<RawRow> Read(TextReader reader) => Sentences(reader).Select(s => s.Problem is { } problem
        ? RawRow.Bad(s.Sentence.Line, problem)
        : new RawRow(s.Sentence.Line, TextExample.OfWords(s.Sentence.Tokens, s.Sentence.Tags), null, null, null));

    /// <summary>The sentences; a problem comes with the line it is on.</summary>
    public static IEnumerable<(TaggedSentence Sentence, string? Problem)> Sentences(TextReader reader)
    {
        var (tokens, tags) = (new List<string>(), new List<string>());
        long number = 0, first = 1;
        string? problem = null;
        while (true)
        {
            var line = reader.ReadLine();
            number++;
            if (!string.IsNullOrWhiteSpace(line) && !line.StartsWith("-DOCSTART-", StringComparison.Ordinal))
            {
                if (tokens.Count == 0 && problem is null) first = number;
                var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
                var found = fields.Length < 2 ? $"the word '{fields[0]}' has no tag; a line is a word and its tag"
                    : !IobTags.IsTag(fields[^1]) ? $"the tag '{fields[^1]}' is none; it must be O, or begin with B- or I- and name a kind" : null;
                if (found is not null && problem is null) (problem, first) = (found, number);
                tokens.Add(fields[0]);
                tags.Add(fields[^1]);
                continue;
            }
            if (tokens.Count > 0) yield return (new TaggedSentence(tokens, tags, first), problem);
            if (line is null) yield break;
            (tokens, tags, problem) = ([], [], null);
        }
    }
}
