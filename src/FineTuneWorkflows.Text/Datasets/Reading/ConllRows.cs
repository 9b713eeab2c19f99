using System.Globalization;
using System.Text.RegularExpressions;
using FineTuneWorkflows.Text.Files;
using FineTuneWorkflows.Text.Labelling;

namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>
/// Sentences of a CoNLL file (E. Tjong Kim Sang and F. De Meulder, cs/0306050): a word a line, by default the word first and its tag last; an empty line
/// ends a sentence, and so does a line that begins with <c>-DOCSTART-</c>; a line before a sentence that begins with <c>#</c> and has no tag, or not the columns of a word's line, is passed
/// over. Where a line has tabs only tabs separate, else spaces; other white space, such as a no-break space, is part of a word. Lines have as many columns as the first, unless both columns
/// that count are said. A sentence with a bad line is a bad row. Where no labels are asked for, a line need have no tag. Where the first column counts, as in CoNLL-U, lines of several words
/// together (<c>1-2</c>) and of words that the text does not have (<c>2.1</c>) are passed over.
/// </summary>
internal sealed partial class ConllRows(string path, LineReader lines, ReadOptions options, ReadingNotes notes)
{
    private readonly TagScheme _scheme = new();
    private bool _columnsAreChecked = options.WordColumn > 0;
    private int _columns;

    public IEnumerable<RawRow> Read() => Sentences().Select(s => s.Problem is { } problem
        ? RawRow.Bad(s.Sentence.Line, problem)
        : new RawRow(s.Sentence.Line, TextExample.OfWords(s.Sentence.Tokens, s.Sentence.Tags), null, null, null));

    /// <summary>The sentences, with tags in IOB2; a problem comes with the line it is on.</summary>
    public IEnumerable<(TaggedSentence Sentence, LineProblem? Problem)> Sentences()
    {
        var (tokens, tags) = (new List<string>(), new List<string>());
        long first = 1;
        LineProblem? problem = null;
        string[]? shown = null;
        while (true)
        {
            var more = lines.Read();
            if (more && lines.Problem is not null)
            {
                if (problem is null) (problem, first) = (lines.Problem, lines.Number);
                continue;
            }
            if (more && !string.IsNullOrWhiteSpace(lines.Line) && !lines.Line.StartsWith("-DOCSTART-", StringComparison.Ordinal))
            {
                var fields = Fields(lines.Line);
                if (tokens.Count == 0 && IsComment(lines.Line, fields)) continue;
                if (options.WordColumn > 1 && NoWord().IsMatch(fields[0]))
                {
                    notes.Count(path, "lines of several words together (1-2) or of words that the text does not have (2.1) were passed over");
                    continue;
                }
                if (tokens.Count == 0 && problem is null) first = lines.Number;
                var (word, tag, found) = Parse(fields);
                if (found is not null && problem is null) (problem, first) = (new LineProblem(found), lines.Number);
                tokens.Add(word);
                tags.Add(tag);
                shown ??= fields;
                continue;
            }
            if (tokens.Count > 0 || problem is not null)
            {
                RequireWords(tokens, shown, first);
                yield return (new TaggedSentence(tokens, problem is null ? _scheme.ToIob2(tags) : tags, first), problem);
            }
            if (!more) break;
            (tokens, tags, problem, shown) = ([], [], null, null);
        }
        if (_scheme.Note is { } note) notes.Say(path, note);
    }

    /// <summary>The fields of a line.</summary>
    public static string[] Fields(string line)
    {
        var trimmed = line.TrimEnd(' ', '\t');
        return trimmed.Contains('\t') ? trimmed.Split('\t') : trimmed.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    // A word that begins so, or is that sign, may stand alone where there are no tags.
    private bool IsComment(string line, string[] fields) => line[0] == '#' && (_columns > 0 && fields.Length != _columns || !(options.WithLabels ? TagScheme.IsTag(fields[^1]) : fields.Length == 1 || _columns > 0));

    private (string Word, string Tag, string? Problem) Parse(string[] fields)
    {
        var most = options.WithLabels ? Math.Max(2, Math.Max(options.WordColumn, options.TagColumn)) : Math.Max(1, options.WordColumn);
        if (fields.Length < most)
        {
            var problem = most > 2 ? string.Create(CultureInfo.InvariantCulture, $"the line has {fields.Length} columns where column {most} is asked for")
                : $"the word '{(fields.Length > 0 ? fields[0] : "")}' has no tag; a line is a word and its tag";
            return ("", "", problem);
        }
        if (_columns == 0) _columns = fields.Length;
        if (fields.Length != _columns && (options.WordColumn == 0 || (options.WithLabels && options.TagColumn == 0)))
        {
            return ("", "", string.Create(
                CultureInfo.InvariantCulture,
                $"the line has {fields.Length} columns where the first has {_columns}, so that its word or its tag would be another column's; put tabs between columns where a word holds spaces, or say both {nameof(ReadOptions.WordColumn)} and {nameof(ReadOptions.TagColumn)}"));
        }
        var word = fields[Math.Max(0, options.WordColumn - 1)];
        if (!options.WithLabels) return (word, IobTags.Outside, string.IsNullOrWhiteSpace(word) ? "the word is empty" : null);
        var tag = fields[options.TagColumn > 0 ? options.TagColumn - 1 : ^1].Trim();
        return (word, tag, string.IsNullOrWhiteSpace(word) ? "the word is empty" : !TagScheme.IsTag(tag) ? TagScheme.Refusal(tag) : null);
    }

    [GeneratedRegex("^[0-9]+[-.][0-9]+$")]
    private static partial Regex NoWord();

    /// <summary>Refuses a first column that counts the words of the first sentence that has two or more.</summary>
    private void RequireWords(List<string> words, string[]? shown, long line)
    {
        if (_columnsAreChecked || words.Count < 2) return;
        _columnsAreChecked = true;
        var counted = words.FindAll(word => !NoWord().IsMatch(word));
        if (counted.Count == 0 || shown!.Length < (options.WithLabels ? 3 : 2) || !int.TryParse(counted[0], NumberStyles.None, CultureInfo.InvariantCulture, out var from) || from > 1) return;
        for (var i = 0; i < counted.Count; i++)
        {
            if (counted[i] != (from + i).ToString(CultureInfo.InvariantCulture)) return;
        }
        var columns = string.Join(", ", shown.Select((field, i) => string.Create(CultureInfo.InvariantCulture, $"{i + 1} '{field}'")));
        throw new TextDataException(
            $"the first column counts the words instead of being them; the columns of the sentence's first word are: {columns}", path, line, null,
            [new(nameof(ReadOptions.WordColumn), "2", "the second is the word"), new(nameof(ReadOptions.WordColumn), "1", "the numbers are the words")]);
    }
}
