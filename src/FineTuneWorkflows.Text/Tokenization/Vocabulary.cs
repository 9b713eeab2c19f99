using System.Text;
using FineTuneWorkflows.Foundation.Digests;

namespace FineTuneWorkflows.Text.Tokenization;

/// <summary>A WordPiece vocabulary file: one entry a line, the line number counted from 0 is its id.</summary>
internal sealed class Vocabulary
{
    public const string FileName = "vocab.txt";

    private readonly List<string> _entries = [];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);

    private Vocabulary(string path, byte[] bytes)
    {
        Path = path;
        Bytes = bytes;
        Sha256 = ContentDigest.Of(bytes);
    }

    public string Path { get; }

    public byte[] Bytes { get; }

    public string Sha256 { get; }

    public int Count => _entries.Count;

    public string this[int id] => _entries[id];

    public static Vocabulary Load(string path, WordPieceOptions options)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TextDataException(
                $"the vocabulary does not exist; give a {FileName} with one entry a line, or a folder that holds one", path, inner: e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new TextDataException($"the vocabulary cannot be read: {e.Message}", path, inner: e);
        }
        var vocabulary = new Vocabulary(path, bytes);
        vocabulary.ReadEntries();
        foreach (var token in options.SpecialTokens)
        {
            if (!vocabulary._ids.ContainsKey(token))
                throw new TextDataException($"the vocabulary lacks the special token '{token}'; is this a BERT vocabulary?", path);
        }
        return vocabulary;
    }

    /// <summary>A vocabulary from entries that stand in another file.</summary>
    public static Vocabulary Of(IReadOnlyList<string> entries, string path)
    {
        var vocabulary = new Vocabulary(path, Encoding.UTF8.GetBytes(string.Concat(entries.Select(e => e + "\n"))));
        vocabulary.ReadEntries();
        return vocabulary;
    }

    /// <summary>The id of an entry, or null.</summary>
    public int? IdOf(string entry) => _ids.TryGetValue(entry, out var id) ? id : null;

    private void ReadEntries()
    {
        using var reader = new StreamReader(new MemoryStream(Bytes, writable: false), new UTF8Encoding(false, throwOnInvalidBytes: true));
        try
        {
            while (reader.ReadLine() is { } line)
            {
                if (line.Length > 0 && !_ids.TryAdd(line, _entries.Count))
                    throw new TextDataException($"the entry '{line}' stands there twice, first on line {_ids[line] + 1}", Path, _entries.Count + 1);
                _entries.Add(line);
            }
        }
        catch (DecoderFallbackException e)
        {
            throw new TextDataException("the vocabulary is not UTF-8 text", Path, inner: e);
        }
    }
}
