using System.Globalization;
using System.Text;

namespace FineTuneWorkflows.Cli.Rendering;

/// <summary>
/// Text of others (names, labels, paths, messages: whatever stands in files) as a terminal may show it. Control characters and marks that turn the direction of writing are written out, <c>\u001B</c>:
/// nothing that is read can move the cursor, colour the screen or hide what stands beside it.
/// </summary>
internal static class VisibleText
{
    /// <summary>What stands for the rest of a text that was cut.</summary>
    public const string Ellipsis = "…";

    /// <summary>The text on one line, with everything that is not seen written out.</summary>
    public static string Of(string text) => Escaped(text, lines: false);

    /// <summary>The same, but line breaks and tabs stay what they are.</summary>
    public static string Lines(string text) => Escaped(text, lines: true);

    /// <summary>How many columns a terminal takes for it: two for a wide character such as Chinese or an emoji, none for a mark that stands on the one before.</summary>
    public static int Width(string text)
    {
        var width = 0;
        foreach (var rune in text.EnumerateRunes())
            width += Width(rune);
        return width;
    }

    /// <summary>The text in this many columns at most; where it is wider, its beginning and an ellipsis.</summary>
    public static string Cut(string text, int width)
    {
        if (Width(text) <= width)
            return text;
        var (cut, taken) = (new StringBuilder(), 1);
        foreach (var rune in text.EnumerateRunes())
        {
            if ((taken += Width(rune)) > width)
                break;
            cut.Append(rune.ToString());
        }

        return width < 1 ? "" : cut.ToString().TrimEnd() + Ellipsis;
    }

    /// <summary>The text in lines of this many columns, broken between words where that is possible.</summary>
    public static IReadOnlyList<string> Wrap(string text, int width)
    {
        var lines = new List<string>();
        var line = new StringBuilder();
        var used = 0;
        foreach (var word in text.Split(' '))
        {
            var rest = word;
            if (used > 0 && used + 1 + Width(rest) > width)
            {
                lines.Add(line.ToString());
                line.Clear();
                used = 0;
            }

            if (used > 0)
            {
                line.Append(' ');
                used++;
            }

            // A word that is longer than a line.
            while (Width(rest) > width)
            {
                var part = Beginning(rest, width - used);
                lines.Add(line.Append(part).ToString());
                line.Clear();
                used = 0;
                rest = rest[part.Length..];
            }

            line.Append(rest);
            used += Width(rest);
        }

        lines.Add(line.ToString());
        return lines;
    }

    private static string Beginning(string text, int width)
    {
        var (length, taken) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            if ((taken += Width(rune)) > width && length > 0)
                break;
            length += rune.Utf16SequenceLength;
        }

        return text[..length];
    }

    private static string Escaped(string text, bool lines)
    {
        var first = FirstHidden(text, 0, lines);
        if (first < 0)
            return text;
        var result = new StringBuilder(text.Length + 16);
        var from = 0;
        for (var at = first; at >= 0; at = FirstHidden(text, from, lines))
        {
            result.Append(text, from, at - from);
            result.Append(text[at] switch { '\n' => "\\n", '\r' => "\\r", '\t' => "\\t", var c => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}") });
            from = at + 1;
        }

        return result.Append(text, from, text.Length - from).ToString();
    }

    private static int FirstHidden(string text, int from, bool lines)
    {
        for (var i = from; i < text.Length; i++)
            if (IsHidden(text[i]) && !(lines && (text[i] is '\n' or '\t' || (text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n'))))
                return i;
        return -1;
    }

    // Controls; the marks of the bidirectional algorithm; separators of lines and paragraphs.
    private static bool IsHidden(char c) => c < ' ' || c is >= '\u007f' and <= '\u009f' or >= '\u200e' and <= '\u200f' or >= '\u2028' and <= '\u202e' or >= '\u2066' and <= '\u2069' or '\u061c';

    // Unicode's East Asian widths, as terminals have them.
    private static int Width(Rune rune) => rune.Value switch
    {
        < 0x300 => 1,
        0x200D or (>= 0xFE00 and <= 0xFE0F) or (>= 0x1F3FB and <= 0x1F3FF) => 0,
        (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0x303E) or (>= 0x3041 and <= 0x33FF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0xA4CF) or (>= 0xA960 and <= 0xA97F)
            or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF) or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6)
            or (>= 0x1F300 and <= 0x1F64F) or (>= 0x1F680 and <= 0x1F6FF) or (>= 0x1F900 and <= 0x1FAFF) or (>= 0x20000 and <= 0x3FFFD) => 2,
        _ => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format ? 0 : 1,
    };
}
