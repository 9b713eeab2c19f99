namespace FineTuneWorkflows.Text.Tokenization.Models;

/// <summary>WordPiece as a part of other pipelines than BERT's own: the longest entry from the left, again and again (arXiv:1609.08144).</summary>
internal sealed class WordPieceWordModel : WordModel
{
    private readonly Dictionary<string, int> _entries;

    /// <exception cref="TextDataException">The unknown token is not in the vocabulary.</exception>
    public WordPieceWordModel(Dictionary<string, int> entries, string unknownToken, string prefix, int maxWordLength, string file)
    {
        _entries = entries;
        Prefix = prefix;
        MaxWordLength = maxWordLength;
        Unknown = entries.TryGetValue(unknownToken, out var id) ? id
            : throw new TextDataException($"the unknown token '{unknownToken}' is not in the vocabulary", file);
        LongestEntry = entries.Count == 0 ? 0 : entries.Keys.Max(k => k.Length);
    }

    public override IReadOnlyDictionary<string, int> Entries => _entries;

    public override int? UnknownId => Unknown;

    public int Unknown { get; }

    public string Prefix { get; }

    public int MaxWordLength { get; }

    public int LongestEntry { get; }

    public override WordEncoder CreateEncoder() => new WordPieceWordEncoder(this);

    public bool TryFind(ReadOnlySpan<char> entry, out int id) => _entries.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(entry, out id);
}
