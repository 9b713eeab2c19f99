using System.Text;

namespace FineTuneWorkflows.Text.Files;

/// <summary>How bytes of a file become characters. Bytes that have no meaning are an error, never another character.</summary>
/// <param name="Name">The name by which it is asked for, such as <c>UTF-8</c> or <c>GB18030</c>.</param>
/// <param name="Strict">Decodes; throws <see cref="DecoderFallbackException"/>.</param>
/// <param name="Unit">Bytes of a line break's character: 1, 2 or 4.</param>
internal sealed record TextEncoding(string Name, Encoding Strict, int Unit)
{
    public static readonly TextEncoding Utf8 = new("UTF-8", new UTF8Encoding(false, true), 1);
    public static readonly TextEncoding Utf16 = new("UTF-16LE", new UnicodeEncoding(false, false, true), 2);
    public static readonly TextEncoding Utf16BigEndian = new("UTF-16BE", new UnicodeEncoding(true, false, true), 2);
    public static readonly TextEncoding Utf32 = new("UTF-32LE", new UTF32Encoding(false, false, true), 4);
    public static readonly TextEncoding Utf32BigEndian = new("UTF-32BE", new UTF32Encoding(true, false, true), 4);

    /// <summary>Some that are asked for, for messages.</summary>
    public const string Examples = "UTF-8, UTF-16LE, GB18030, Big5, Shift_JIS, EUC-KR, EUC-JP, windows-1252, ISO-8859-1";

    // GB18030 has all that GBK and GB 2312 have; the others are how people write the names.
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["latin-1"] = "ISO-8859-1", ["latin1"] = "ISO-8859-1", ["ascii"] = "us-ascii", ["gbk"] = "GB18030", ["gb2312"] = "GB18030", ["cp936"] = "GB18030",
        ["shift-jis"] = "Shift_JIS", ["sjis"] = "Shift_JIS", ["cp932"] = "Shift_JIS", ["big-5"] = "Big5", ["cp950"] = "Big5", ["cp949"] = "EUC-KR", ["uhc"] = "EUC-KR",
        ["euc_kr"] = "EUC-KR", ["euckr"] = "EUC-KR", ["eucjp"] = "EUC-JP", ["ansi"] = "windows-1252",
    };

    /// <summary>The encoding of a name as the IANA registers it, a usual other one (<c>latin-1</c>, <c>gbk</c>), or a code page (<c>cp1251</c>).</summary>
    /// <returns>Null where there is none of that name, or where line breaks are not those of ASCII in it (EBCDIC, UTF-7).</returns>
    public static TextEncoding? Find(string name)
    {
        var wanted = name.Trim();
        var plain = wanted.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
        switch (plain)
        {
            case "utf8" or "utf8sig":
                return Utf8;
            case "utf16" or "utf16le" or "unicode":
                return Utf16;
            case "utf16be":
                return Utf16BigEndian;
            case "utf32" or "utf32le":
                return Utf32;
            case "utf32be":
                return Utf32BigEndian;
        }
        if (Aliases.TryGetValue(wanted, out var other)) wanted = other;
        else if (plain.StartsWith("cp", StringComparison.Ordinal) && plain.Length > 2 && plain[2..].All(char.IsAsciiDigit)) wanted = "windows-" + plain[2..];
        // Code page 949 has all that EUC-KR has, and the syllables that Korean files have beside it.
        if (wanted.Equals("EUC-KR", StringComparison.OrdinalIgnoreCase)) return new TextEncoding("EUC-KR", CodePage("windows-949")!, 1);
        Encoding? encoding;
        try
        {
            encoding = Encoding.GetEncoding(wanted, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (ArgumentException)
        {
            encoding = CodePage(wanted);
        }
        catch (NotSupportedException)
        {
            return null;
        }
        return encoding is not null && IsLikeAscii(encoding) ? new TextEncoding(NameOf(encoding, wanted), encoding, 1) : null;
    }

    private static Encoding? CodePage(string name)
    {
        var provider = CodePagesEncodingProvider.Instance;
        return provider.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
            ?? (name.StartsWith("windows-", StringComparison.Ordinal) && int.TryParse(name["windows-".Length..], out var page)
                ? provider.GetEncoding(page, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback) : null);
    }

    // .NET gives web names in lower case; those that were asked for read better.
    private static string NameOf(Encoding encoding, string wanted) =>
        encoding.WebName.Equals(wanted, StringComparison.OrdinalIgnoreCase) ? wanted : encoding.WebName;

    private static bool IsLikeAscii(Encoding encoding)
    {
        const string Marks = "\r\n\t ,;|\"'{}[]:Az09-";
        return encoding.GetBytes(Marks).AsSpan().SequenceEqual(Encoding.ASCII.GetBytes(Marks));
    }
}
