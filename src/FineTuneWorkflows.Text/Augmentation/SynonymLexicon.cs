namespace FineTuneWorkflows.Text.Augmentation;

/// <summary>Synonyms of single words. Case does not matter when a word is looked up.</summary>
public sealed class SynonymLexicon
{
    private readonly Dictionary<string, string[]> _synonyms;

    private SynonymLexicon(Dictionary<string, string[]> synonyms) => _synonyms = synonyms;

    /// <summary>How many words have synonyms.</summary>
    public int Count => _synonyms.Count;

    /// <summary>Loads a lexicon.</summary>
    /// <param name="path">
    /// A UTF-8 file, optionally with <c>.gz</c>, with one word a line: <c>word TAB group TAB group...</c>; a group is <c>synonym,synonym</c> or
    /// <c>pos:synonym,synonym</c> with a part of speech, which is not looked at. Blank lines and lines that begin with <c>#</c> are passed over.
    /// </param>
    /// <exception cref="TextDataException">The file is missing, cannot be read, holds no word, or has a line of another form or a word twice (names
    /// the line).</exception>
    public static SynonymLexicon Load(string path)
    {
        var synonyms = new Dictionary<string, string[]>(StringComparer.OrdinalIgnoreCase);
        foreach (var (line, number) in WordFile.Lines(path))
        {
            if (line.Length == 0 || line.StartsWith('#')) continue;
            var fields = line.Split('\t');
            var words = fields.Skip(1).SelectMany(Group).Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
            if (fields[0].Length == 0 || words.Length == 0 || words.Any(string.IsNullOrWhiteSpace))
                throw new TextDataException("the line is not 'word TAB synonym,synonym...'", path, number);
            if (!synonyms.TryAdd(fields[0], words)) throw new TextDataException($"the word '{fields[0]}' stands there twice", path, number);
        }
        return synonyms.Count > 0 ? new SynonymLexicon(synonyms)
            : throw new TextDataException("the file has no word; expected 'word TAB synonym,synonym...' a line", path);
    }

    /// <summary>A word's synonyms, those of its most used sense first; none for a word that is not there.</summary>
    /// <param name="word">The word.</param>
    public IReadOnlyList<string> Of(string word) => _synonyms.TryGetValue(word, out var found) ? found : [];

    private static string[] Group(string field)
    {
        var colon = field.IndexOf(':');
        return field[(colon + 1)..].Split(',');
    }
}
