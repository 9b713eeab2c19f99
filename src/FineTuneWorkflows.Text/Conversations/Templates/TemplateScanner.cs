namespace FineTuneWorkflows.Text.Conversations.Templates;

/// <summary>
/// Divides a Jinja template into texts and tags, with white space as <c>apply_chat_template</c> has it (<c>trim_blocks</c> and <c>lstrip_blocks</c>): the line break after a
/// statement and the blanks before one that begins a line are left out, and <c>-</c> at a mark takes all white space beside it.
/// </summary>
internal static class TemplateScanner
{
    public static List<TemplatePart> Scan(string source)
    {
        // Jinja knows no other line breaks; U+2028 and the like are text.
        source = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        // Jinja leaves one line break at the end out.
        if (source.EndsWith('\n')) source = source[..^1];
        var parts = new List<TemplatePart>();
        var (at, line, lineStart) = (0, 1, true);
        while (at < source.Length)
        {
            var open = NextTag(source, at);
            var text = source[at..open];
            if (open == source.Length)
            {
                parts.Add(new(TemplatePartKind.Text, text, line));
                break;
            }
            var mark = source[open + 1];
            var sign = open + 2 < source.Length ? source[open + 2] : ' ';
            var kept = sign == '-' ? text.TrimEnd() : mark != '{' && sign != '+' ? WithoutIndent(text, lineStart) : text;
            if (kept.Length > 0) parts.Add(new(TemplatePartKind.Text, kept, line));
            line += text.Count(c => c == '\n');
            var from = open + 2 + (sign is '-' or '+' ? 1 : 0);
            var close = mark == '#' ? source.IndexOf("#}", from, StringComparison.Ordinal) : CloseOf(source, from, mark == '{' ? "}}" : "%}");
            if (close < 0) throw new TemplateException($"the tag on line {line} is never closed");
            var end = source[close - 1];
            // Of what is written only - is a sign; + may be an operator.
            var inner = source[from..((end == '-' || (end == '+' && mark != '{')) && close > from ? close - 1 : close)];
            if (mark != '#') parts.Add(new(mark == '{' ? TemplatePartKind.Output : TemplatePartKind.Statement, inner, line));
            at = close + 2;
            if (end == '-')
            {
                while (at < source.Length && char.IsWhiteSpace(source[at])) at++;
            }
            else if (mark != '{' && end != '+' && at < source.Length && source[at] == '\n')
            {
                at++;
            }
            lineStart = source[at - 1] == '\n';
            line += source.AsSpan(open, at - open).Count('\n');
        }
        return parts;
    }

    private static int NextTag(string source, int from)
    {
        for (var i = from; i + 1 < source.Length; i++)
        {
            if (source[i] == '{' && source[i + 1] is '{' or '%' or '#') return i;
        }
        return source.Length;
    }

    private static string WithoutIndent(string text, bool lineStart)
    {
        var begin = text.LastIndexOf('\n') + 1;
        return (begin > 0 || lineStart) && text.AsSpan(begin).IsWhiteSpace() ? text[..begin] : text;
    }

    /// <summary>Where a tag ends: marks within quotes, and braces of a dictionary, do not end it.</summary>
    private static int CloseOf(string source, int from, string close)
    {
        var braces = 0;
        for (var i = from; i < source.Length; i++)
        {
            var c = source[i];
            if (c is '\'' or '"')
            {
                for (i++; i < source.Length && source[i] != c; i++)
                {
                    if (source[i] == '\\') i++;
                }
                continue;
            }
            if (braces == 0 && source.AsSpan(i).StartsWith(close, StringComparison.Ordinal)) return i;
            braces += c == '{' ? 1 : c == '}' && braces > 0 ? -1 : 0;
        }
        return -1;
    }
}
