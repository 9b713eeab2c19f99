using System.Globalization;

namespace FineTuneWorkflows.Text.Tokenization.Models;

/// <summary>
/// Byte pair encoding (R. Sennrich et al., arXiv:1508.07909): a word's symbols are joined, the pair that was learned first before others, of equal
/// ones the leftmost. Our own, because Microsoft.ML.Tokenizers' BpeTokenizer has neither byte fallback, which Llama 2 needs, nor takes a word that is
/// an entry whole when no merge leads to it, which Llama 3 needs (seen in 2.0.1).
/// </summary>
internal sealed class BytePairModel : WordModel
{
    private readonly Dictionary<string, int> _entries;
    private readonly Dictionary<ulong, Merge> _merges;

    /// <summary>Creates a model.</summary>
    /// <param name="entries">The vocabulary.</param>
    /// <param name="merges">The pairs, the one learned first first.</param>
    /// <param name="options">Everything else.</param>
    /// <param name="file">The file to name when something is wrong.</param>
    /// <exception cref="TextDataException">A pair or what it makes is not in the vocabulary, or the unknown token is not.</exception>
    public BytePairModel(Dictionary<string, int> entries, IReadOnlyList<(string Left, string Right)> merges, BytePairOptions options, string file)
    {
        _entries = entries;
        Options = options;
        _merges = new Dictionary<ulong, Merge>(merges.Count);
        for (var rank = 0; rank < merges.Count; rank++)
        {
            var (left, right) = merges[rank];
            var joined = left + (options.Prefix.Length > 0 && right.StartsWith(options.Prefix, StringComparison.Ordinal)
                ? right[options.Prefix.Length..] : right);
            _merges.TryAdd(Key(Require(left, rank, merges, file), Require(right, rank, merges, file)), new Merge(rank, Require(joined, rank, merges, file)));
        }
        if (options.UnknownToken is { } unknown)
        {
            UnknownId = entries.TryGetValue(unknown, out var id) ? id
                : throw new TextDataException($"the unknown token '{unknown}' is not in the vocabulary", file);
        }
        SingleBytes = Enumerable.Range(0, 256).Select(b => entries.GetValueOrDefault(ByteName((byte)b), -1)).ToArray();
        HasAllBytes = Array.TrueForAll(SingleBytes, id => id >= 0);
    }

    public override IReadOnlyDictionary<string, int> Entries => _entries;

    public override int? UnknownId { get; }

    public BytePairOptions Options { get; }

    /// <summary>The entry of each byte, -1 where there is none.</summary>
    public int[] SingleBytes { get; }

    /// <summary>Whether every byte has an entry.</summary>
    public bool HasAllBytes { get; }

    public override WordEncoder CreateEncoder() => new BytePairEncoder(this);

    /// <summary>The entry of a symbol, or -1.</summary>
    public int Find(ReadOnlySpan<char> symbol) =>
        _entries.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(symbol, out var id) ? id : -1;

    /// <summary>What joining two symbols gives and how early it was learned.</summary>
    public bool TryMerge(int left, int right, out Merge merge) => _merges.TryGetValue(Key(left, right), out merge);

    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    private string ByteName(byte value) => Options.ByteLevel ? ByteAlphabet.Character(value).ToString()
        : string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>");

    private int Require(string entry, int rank, IReadOnlyList<(string Left, string Right)> merges, string file) =>
        _entries.TryGetValue(entry, out var id) ? id
            : throw new TextDataException(
                $"merge {rank + 1}, '{merges[rank].Left} {merges[rank].Right}', needs the entry '{entry}', which the vocabulary lacks; do vocabulary and "
                + "merges belong together?", file);

    /// <summary>A learned pair.</summary>
    /// <param name="Rank">How early it was learned, from 0.</param>
    /// <param name="Id">The entry it makes.</param>
    public readonly record struct Merge(int Rank, int Id);
}
