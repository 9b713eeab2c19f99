namespace FineTuneWorkflows.Text.Augmentation;

/// <summary>Words that carry little meaning of their own and are never replaced. Case does not matter.</summary>
public sealed class StopWords
{
    private readonly HashSet<string> _words;

    private StopWords(HashSet<string> words) => _words = words;

    /// <summary>How many words.</summary>
    public int Count => _words.Count;

    /// <summary>Takes the words of a list.</summary>
    /// <param name="words">The words.</param>
    public static StopWords Of(IEnumerable<string> words) => new(new HashSet<string>(words, StringComparer.OrdinalIgnoreCase));

    /// <summary>Loads a file with one word a line; blank lines and lines that begin with <c>#</c> are passed over.</summary>
    /// <param name="path">The file, UTF-8, optionally with <c>.gz</c>.</param>
    /// <exception cref="TextDataException">The file is missing, cannot be read, or holds no word.</exception>
    public static StopWords Load(string path)
    {
        var words = WordFile.Lines(path).Select(l => l.Text.Trim()).Where(w => w.Length > 0 && !w.StartsWith('#'));
        var stopWords = Of(words);
        return stopWords.Count > 0 ? stopWords : throw new TextDataException("the file has no stop word; expected one a line", path);
    }

    /// <summary>Whether a word is a stop word.</summary>
    /// <param name="word">The word.</param>
    public bool Contains(string word) => _words.Contains(word);
}
