using System.Security.Cryptography;

namespace FineTuneWorkflows.Text.Tokenization.Loading;

/// <summary>A tokenizer's files as they were read, so that they can be written beside another model byte for byte.</summary>
internal sealed class TokenizerFileSet
{
    /// <summary>The files that AutoTokenizer looks for.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.txt", "vocab.json", "merges.txt",
        "tokenizer.model", "sentencepiece.bpe.model", "spiece.model", "chat_template.jinja",
    ];

    // The largest of the known families have some 40 MB.
    private const long MostBytes = 1 << 28;

    private readonly string _folder;
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    private TokenizerFileSet(string folder, string main)
    {
        _folder = folder;
        Main = main;
    }

    /// <summary>The file with the vocabulary.</summary>
    public string Main { get; }

    /// <summary>The SHA-256 of the files with the vocabulary, one after another.</summary>
    public string VocabularySha256 { get; private init; } = "";

    /// <summary>Reads a folder's files.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="vocabulary">The names of those with the vocabulary.</param>
    public static TokenizerFileSet Read(string folder, params string[] vocabulary)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in Names)
        {
            var path = Path.Combine(folder, name);
            if (vocabulary.Contains(name, StringComparer.Ordinal) || File.Exists(path)) files.Add(name, ReadBytes(path));
        }
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in vocabulary) hash.AppendData(files[name]);
        var set = new TokenizerFileSet(folder, Path.Combine(folder, vocabulary[0]))
        {
            VocabularySha256 = Convert.ToHexStringLower(hash.GetHashAndReset()),
        };
        foreach (var (name, bytes) in files) set._files.Add(name, bytes);
        return set;
    }

    /// <summary>Where a file is.</summary>
    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>A file's bytes, or null where there is none.</summary>
    public byte[]? Bytes(string name) => _files.GetValueOrDefault(name);

    /// <summary>All of them by their names.</summary>
    public IReadOnlyDictionary<string, byte[]> All => _files;

    /// <summary>Reads a file whole; anything wrong is an error that names it.</summary>
    public static byte[] ReadBytes(string path)
    {
        try
        {
            var length = new FileInfo(path).Length;
            if (length > MostBytes) throw new TextDataException($"the file has {length} bytes; a tokenizer's file has {MostBytes} at most", path);
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TextDataException("the file does not exist", path, inner: e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new TextDataException($"the file cannot be read: {e.Message}", path, inner: e);
        }
    }
}
