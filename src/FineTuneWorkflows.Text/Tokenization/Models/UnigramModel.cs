using System.Globalization;

namespace FineTuneWorkflows.Text.Tokenization.Models;

/// <summary>
/// The unigram language model (T. Kudo, arXiv:1804.10959): of all divisions of a word into entries the one whose scores add up to most. Our own,
/// because Microsoft.ML.Tokenizers' SentencePieceTokenizer can be made of SentencePiece's file alone, not of a tokenizer.json's entries, and counts
/// places in the normalized text (seen in 2.0.1).
/// </summary>
internal sealed class UnigramModel : WordModel
{
    /// <summary>What an unknown character costs below the worst entry, as in SentencePiece.</summary>
    private const double UnknownPenalty = 10.0;

    private readonly Dictionary<string, int> _entries;
    private readonly CharacterTree _tree = new();

    /// <summary>Creates a model.</summary>
    /// <param name="entries">The entries with their scores; the position is the id.</param>
    /// <param name="unknownId">The entry of what the vocabulary cannot express.</param>
    /// <param name="byteFallback">Whether a character that the vocabulary lacks becomes <c>&lt;0x..&gt;</c> entries.</param>
    /// <param name="unreachable">Special entries, which are never found in a text.</param>
    /// <param name="file">The file to name when something is wrong.</param>
    /// <exception cref="TextDataException">The unknown token is not in the vocabulary.</exception>
    public UnigramModel(
        IReadOnlyList<(string Entry, double Score)> entries, int? unknownId, bool byteFallback, IReadOnlySet<string> unreachable, string file)
    {
        if (unknownId is { } u && (u < 0 || u >= entries.Count))
            throw new TextDataException($"'unk_id' is {u}, but the vocabulary has {entries.Count} entries", file);
        UnknownId = unknownId;
        Scores = entries.Select(e => e.Score).ToArray();
        UnknownScore = (Scores.Length == 0 ? 0 : Scores.Min()) - UnknownPenalty;
        _entries = new Dictionary<string, int>(entries.Count, StringComparer.Ordinal);
        for (var id = 0; id < entries.Count; id++)
        {
            var entry = entries[id].Entry;
            // Of equal entries the later one counts, as in the reference.
            _entries[entry] = id;
            if (entry.Length > 0 && !unreachable.Contains(entry)) _tree.Add(entry, id);
        }
        SingleBytes = Enumerable.Range(0, 256)
            .Select(b => _entries.GetValueOrDefault(string.Create(CultureInfo.InvariantCulture, $"<0x{b:X2}>"), -1)).ToArray();
        ByteFallback = byteFallback && Array.TrueForAll(SingleBytes, id => id >= 0);
    }

    public override IReadOnlyDictionary<string, int> Entries => _entries;

    public override int? UnknownId { get; }

    public double[] Scores { get; }

    public double UnknownScore { get; }

    public bool ByteFallback { get; }

    /// <summary>The entry of each byte, -1 where there is none.</summary>
    public int[] SingleBytes { get; }

    public override WordEncoder CreateEncoder() => new UnigramEncoder(this);

    /// <summary>Goes from a node of the tree of entries, 0 being its root, along a character.</summary>
    public bool TryStep(int node, char c, out int next) => _tree.TryStep(node, c, out next);

    /// <summary>The entry that ends at a node, or -1.</summary>
    public int EntryOf(int node) => _tree.ValueOf(node);
}
