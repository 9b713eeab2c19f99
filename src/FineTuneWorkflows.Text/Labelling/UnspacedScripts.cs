using System.Text;

namespace FineTuneWorkflows.Text.Labelling;

/// <summary>
/// The scripts that write no space between words: those that UAX #14 breaks between any two characters (ideographs and kana) or by a dictionary (Thai and
/// its like), and others of South-East Asia. Korean writes spaces and is not among them.
/// </summary>
internal static class UnspacedScripts
{
    // First and last code point of each block, ascending.
    private static readonly (int First, int Last)[] Blocks =
    [
        (0x0E00, 0x0EFF), // Thai, Lao
        (0x0F00, 0x0FFF), // Tibetan
        (0x1000, 0x109F), // Myanmar
        (0x1780, 0x17FF), // Khmer
        (0x1950, 0x19DF), // Tai Le, New Tai Lue
        (0x1A20, 0x1AAF), // Tai Tham
        (0x1B00, 0x1B7F), // Balinese
        (0x2E80, 0x2FDF), // radicals
        (0x3005, 0x3007), // ideographic iteration and closing marks, zero
        (0x3021, 0x3029), // Hangzhou numerals
        (0x3031, 0x3035), // kana repeat marks
        (0x3038, 0x303C), // Hangzhou numerals, vertical marks
        (0x3040, 0x312F), // Hiragana, Katakana, Bopomofo
        (0x31A0, 0x31BF), // Bopomofo
        (0x31F0, 0x31FF), // Katakana
        (0x3400, 0x4DBF), // Han
        (0x4E00, 0xA4CF), // Han, Yi
        (0xA980, 0xA9FF), // Javanese, Myanmar
        (0xAA00, 0xAADF), // Cham, Myanmar, Tai Viet
        (0xF900, 0xFAFF), // Han
        (0xFF66, 0xFF9F), // half-width Katakana
        (0x11700, 0x1174F), // Ahom
        (0x16FE0, 0x18DFF), // ideographic marks, Tangut, Khitan
        (0x1AFF0, 0x1B2FF), // kana, Nüshu
        (0x20000, 0x3FFFF), // Han
    ];

    /// <summary>Whether a letter, mark or digit is of such a script.</summary>
    public static bool Have(Rune rune)
    {
        if (rune.Value < Blocks[0].First) return false;
        foreach (var (first, last) in Blocks)
        {
            if (rune.Value <= last) return rune.Value >= first;
        }
        return false;
    }
}
