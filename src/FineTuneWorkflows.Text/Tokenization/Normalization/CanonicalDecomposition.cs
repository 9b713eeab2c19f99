using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace FineTuneWorkflows.Text.Tokenization.Normalization;

/// <summary>
/// Canonical decomposition of single characters (Unicode Standard, section 3.7; Hangul syllables after section 3.12) from a table of our own:
/// <see cref="string.Normalize()"/> does nothing under the invariant globalization that small container images set, and throws at a lone surrogate.
/// Marks are not reordered, which matters only to marks that are kept.
/// </summary>
internal static class CanonicalDecomposition
{
    private const int SyllableBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TrailBase = 0x11A7;
    private const int SyllableCount = 11172, TrailCount = 28, VowelTimesTrail = 588;

    private static readonly FrozenDictionary<int, int[]> Table = Load();

    /// <summary>What a character decomposes to. One that does not decompose gives an empty result.</summary>
    /// <param name="character">The character.</param>
    /// <param name="hangul">Room for three, used for Hangul syllables.</param>
    public static ReadOnlySpan<int> Of(Rune character, Span<int> hangul)
    {
        var value = character.Value;
        if (value < 0xC0) return default;
        var syllable = value - SyllableBase;
        if ((uint)syllable >= SyllableCount) return Table.TryGetValue(value, out var parts) ? parts : default;
        hangul[0] = LeadBase + (syllable / VowelTimesTrail);
        hangul[1] = VowelBase + (syllable % VowelTimesTrail / TrailCount);
        hangul[2] = TrailBase + (syllable % TrailCount);
        return hangul[..(hangul[2] == TrailBase ? 2 : 3)];
    }

    private static FrozenDictionary<int, int[]> Load()
    {
        using var stream = typeof(CanonicalDecomposition).Assembly.GetManifestResourceStream("canonical-decompositions.txt")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var table = new Dictionary<int, int[]>();
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#')) continue;
            var points = Array.ConvertAll(line.Split(' '), p => int.Parse(p, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            table.Add(points[0], points[1..]);
        }
        return table.ToFrozenDictionary();
    }
}
