namespace FineTuneWorkflows.Text.Tokenization.Models;

/// <summary>WordPiece as a part of other pipelines than BERT's own: the longest entry from the left, again and again (arXiv:1609.08144).</summary>
internal sealed class WordPieceWordModel : WordModel
{
    /// <summary>No node.</summary>
    public const int Nowhere = -1;

    private readonly Dictionary<string, int> _entries;

    /// <exception cref="TextDataException">The unknown token is not in the vocabulary.</exception>
    public WordPieceWordModel(Dictionary<string, int> entries, string unknownToken, string prefix, int maxWordLength, string file)
    {
        _entries = entries;
        MaxWordLength = maxWordLength;
        Unknown = entries.TryGetValue(unknownToken, out var id) ? id
            : throw new TextDataException($"the unknown token '{unknownToken}' is not in the vocabulary", file);
        foreach (var (entry, number) in entries) Tree.Add(entry, number);
        Continuation = CharacterTree.Root;
        foreach (var c in prefix)
        {
            if (!Tree.TryStep(Continuation, c, out var next)) next = Nowhere;
            Continuation = next;
            if (next == Nowhere) break;
        }
    }

    public override IReadOnlyDictionary<string, int> Entries => _entries;

    public override int? UnknownId => Unknown;

    public int Unknown { get; }

    public int MaxWordLength { get; }

    /// <summary>The entries.</summary>
    public CharacterTree Tree { get; } = new();

    /// <summary>The node of the prefix, from which the pieces behind a word's first one go on; <see cref="Nowhere"/> where no entry has it.</summary>
    public int Continuation { get; }

    public override WordEncoder CreateEncoder() => new WordPieceWordEncoder(this);
}
