namespace FineTuneWorkflows.Text.Tokenization.Loading;

/// <summary>Finds out which kind of tokenizer a folder holds and loads it.</summary>
internal static class TokenizerLoader
{
    /// <summary>The greatest number that a token may have; more would only cost memory.</summary>
    public const int MostTokens = 9_999_999;

    private static readonly string[] SentencePieceModels = ["tokenizer.model", "sentencepiece.bpe.model", "spiece.model"];

    public static Tokenizer Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var folder = path;
        string? wanted = null;
        if (!Directory.Exists(path))
        {
            if (!File.Exists(path)) throw new TextDataException("there is no such file or folder; give a folder with a tokenizer's files", path);
            folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            wanted = Path.GetFileName(path);
        }
        if (Has(TokenizerJsonFile.Name))
        {
            var files = TokenizerFileSet.Read(folder, TokenizerJsonFile.Name);
            return TokenizerJsonFile.Read(files, TokenizerSettings.Read(files));
        }
        // A vocab.txt may have any name when it is named.
        if (Has(Vocabulary.FileName) || wanted?.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) == true && wanted != BytePairFiles.Merges)
            return WordPieceTokenizer.Load(path);
        if (Has(BytePairFiles.Entries) || Has(BytePairFiles.Merges)) return BytePairFiles.Read(folder);
        foreach (var name in SentencePieceModels)
        {
            if (Has(name)) return SentencePieceFile.Read(folder, name);
        }
        if (wanted is not null)
            throw new TextDataException(
                "the file's name tells no kind of tokenizer; known are tokenizer.json, vocab.txt, vocab.json with merges.txt, and "
                + string.Join(", ", SentencePieceModels), path);
        throw new TextDataException(
            "the folder holds no tokenizer: neither tokenizer.json nor vocab.txt nor vocab.json with merges.txt nor a SentencePiece model "
            + $"({string.Join(", ", SentencePieceModels)})", path);

        bool Has(string name) => wanted is null ? File.Exists(Path.Combine(folder, name)) : wanted == name;
    }
}
