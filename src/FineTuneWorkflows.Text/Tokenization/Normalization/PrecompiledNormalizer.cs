using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using FineTuneWorkflows.Text.Tokenization.Pipeline;

namespace FineTuneWorkflows.Text.Tokenization.Normalization;

/// <summary>
/// A normalization that a SentencePiece model carries as a table (<c>precompiled_charsmap</c>): a double-array tree of byte sequences (J. Aoe, 1989, as
/// Darts lays it out) and what they become. Applied as Hugging Face's tokenizers do it, which differs from SentencePiece itself: grapheme by grapheme
/// where one has fewer than six bytes and begins with a sequence of the table, else character by character; of several sequences the shortest counts.
/// </summary>
internal sealed class PrecompiledNormalizer : INormalizer
{
    private const int MostGraphemeBytes = 5;

    private readonly uint[] _units;
    private readonly byte[] _replacements;

    private PrecompiledNormalizer(uint[] units, byte[] replacements)
    {
        _units = units;
        _replacements = replacements;
    }

    /// <summary>Reads a table: the tree's size in bytes (little-endian), the tree, the replacements, each ended by a NUL.</summary>
    /// <exception cref="TextDataException">The table contradicts itself.</exception>
    public static INormalizer Parse(ReadOnlySpan<byte> table, string file)
    {
        if (table.IsEmpty) return new NormalizerSequence([]);
        if (table.Length < 8) throw Damaged(file);
        var size = BinaryPrimitives.ReadUInt32LittleEndian(table);
        if (size % 4 != 0 || size < 4 || size > table.Length - 4) throw Damaged(file);
        var units = new uint[size / 4];
        for (var i = 0; i < units.Length; i++) units[i] = BinaryPrimitives.ReadUInt32LittleEndian(table[(4 + (i * 4))..]);
        return new PrecompiledNormalizer(units, table[(int)(4 + size)..].ToArray());
    }

    public void Apply(AlignedText text)
    {
        text.BeginRewrite();
        for (var i = 0; i < text.Length;)
        {
            var length = StringInfo.GetNextTextElementLength(text.Chars[i..]);
            var grapheme = text.Chars.Slice(i, length);
            if (Encoding.UTF8.GetByteCount(grapheme) <= MostGraphemeBytes && TryReplace(grapheme, out var replacement))
                text.Append(replacement, text.Origin(i, i + length));
            else
                Characters(text, i, i + length);
            i += length;
        }
        text.EndRewrite();
    }

    private void Characters(AlignedText text, int start, int end)
    {
        for (var i = start; i < end;)
        {
            _ = Rune.DecodeFromUtf16(text.Chars[i..end], out _, out var units);
            if (TryReplace(text.Chars.Slice(i, units), out var replacement))
            {
                text.Append(replacement, text.Origin(i));
            }
            else
            {
                for (var k = i; k < i + units; k++) text.Keep(k);
            }
            i += units;
        }
    }

    private bool TryReplace(ReadOnlySpan<char> chunk, out string replacement)
    {
        Span<byte> utf8 = stackalloc byte[Encoding.UTF8.GetMaxByteCount(chunk.Length)];
        var count = Encoding.UTF8.GetBytes(chunk, utf8);
        var at = ShortestPrefix(utf8[..count]);
        replacement = "";
        if (at < 0) return false;
        var rest = _replacements.AsSpan(Math.Min(at, _replacements.Length));
        var end = rest.IndexOf((byte)0);
        replacement = Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
        return true;
    }

    /// <summary>The value of the shortest sequence that the bytes begin with, or -1.</summary>
    private int ShortestPrefix(ReadOnlySpan<byte> bytes)
    {
        uint position = 0;
        var unit = _units[0];
        position ^= Offset(unit);
        foreach (var b in bytes)
        {
            if (b == 0) return -1;
            position ^= b;
            if (position >= _units.Length) return -1;
            unit = _units[position];
            if ((unit & ((1u << 31) | 0xFF)) != b) return -1;
            position ^= Offset(unit);
            if (((unit >> 8) & 1) == 0) continue;
            return position < _units.Length ? (int)(_units[position] & 0x7FFFFFFF) : -1;
        }
        return -1;
    }

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & (1u << 9)) >> 6);

    private static TextDataException Damaged(string file) => new("the normalization table (precompiled_charsmap) is damaged", file);
}
