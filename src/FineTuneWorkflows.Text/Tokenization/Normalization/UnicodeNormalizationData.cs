using System.Globalization;
using System.Text;

namespace FineTuneWorkflows.Text.Tokenization.Normalization;

/// <summary>The tables of Unicode's normalization forms, from a file of our own for the reason that <see cref="CanonicalDecomposition"/> gives.</summary>
internal static class UnicodeNormalizationData
{
    private static readonly Dictionary<int, byte> Classes = [];
    private static readonly Dictionary<int, int[]> Compatible = [];
    private static readonly Dictionary<(int, int), int> Pairs = [];
    private static readonly HashSet<int> Seconds = [];

    static UnicodeNormalizationData()
    {
        using var stream = typeof(UnicodeNormalizationData).Assembly.GetManifestResourceStream("unicode-normalization.txt")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#')) continue;
            var fields = line.Split(' ');
            switch (fields[0])
            {
                case "c":
                    for (var c = Hex(fields[1]); c <= Hex(fields[2]); c++) Classes.Add(c, byte.Parse(fields[3], CultureInfo.InvariantCulture));
                    break;
                case "k":
                    Compatible.Add(Hex(fields[1]), Array.ConvertAll(fields[2..], Hex));
                    break;
                default:
                    Pairs.Add((Hex(fields[1]), Hex(fields[2])), Hex(fields[3]));
                    Seconds.Add(Hex(fields[2]));
                    break;
            }
        }
    }

    /// <summary>The canonical combining class.</summary>
    public static byte CombiningClass(int character) => Classes.GetValueOrDefault(character);

    /// <summary>The full compatibility decomposition, or null where it is the canonical one.</summary>
    public static int[]? Compatibility(int character) => Compatible.GetValueOrDefault(character);

    /// <summary>Whether a character may compose with one before it, Hangul included.</summary>
    public static bool IsSecond(int character) => character is (>= 0x1161 and < 0x1176) or (> 0x11A7 and < 0x11C3) || Seconds.Contains(character);

    /// <summary>What two characters compose to, Hangul included.</summary>
    public static bool TryCompose(int first, int second, out int composed)
    {
        if (first is >= 0x1100 and < 0x1113 && second is >= 0x1161 and < 0x1176)
        {
            composed = 0xAC00 + ((((first - 0x1100) * 21) + (second - 0x1161)) * 28);
            return true;
        }
        if (first is >= 0xAC00 and < 0xD7A4 && (first - 0xAC00) % 28 == 0 && second is > 0x11A7 and < 0x11C3)
        {
            composed = first + (second - 0x11A7);
            return true;
        }
        return Pairs.TryGetValue((first, second), out composed);
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
