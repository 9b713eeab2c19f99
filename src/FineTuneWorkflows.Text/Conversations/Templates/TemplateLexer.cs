using System.Text;

namespace FineTuneWorkflows.Text.Conversations.Templates;

/// <summary>Divides what stands in a tag into tokens.</summary>
internal static class TemplateLexer
{
    // A longer one would only end in a stack that overflows.
    private const int Most = 2048;

    private static readonly string[] Signs = ["==", "!=", "<=", ">=", "//", "**", "+", "-", "*", "/", "%", "~", "<", ">", "=", "(", ")", "[", "]", "{", "}", ",", ".", ":", "|"];

    public static List<TemplateToken> Tokens(string source)
    {
        var tokens = new List<TemplateToken>();
        for (var i = 0; i < source.Length;)
        {
            if (tokens.Count > Most) throw new TemplateException($"a tag has more than {Most} tokens");
            var c = source[i];
            if (char.IsWhiteSpace(c))
            {
                i++;
            }
            else if (char.IsLetter(c) || c == '_')
            {
                var from = i;
                while (i < source.Length && (char.IsLetterOrDigit(source[i]) || source[i] == '_')) i++;
                tokens.Add(new(TemplateTokenKind.Name, source[from..i]));
            }
            else if (char.IsAsciiDigit(c))
            {
                var from = i;
                while (i < source.Length && (char.IsAsciiDigit(source[i]) || source[i] == '_')) i++;
                var whole = i + 1 >= source.Length || source[i] != '.' || !char.IsAsciiDigit(source[i + 1]);
                if (!whole)
                {
                    i++;
                    while (i < source.Length && char.IsAsciiDigit(source[i])) i++;
                }
                tokens.Add(new(whole ? TemplateTokenKind.Integer : TemplateTokenKind.Number, source[from..i].Replace("_", "", StringComparison.Ordinal)));
            }
            else if (c is '\'' or '"')
            {
                tokens.Add(new(TemplateTokenKind.Text, Quoted(source, ref i)));
            }
            else
            {
                var sign = Signs.FirstOrDefault(s => source.AsSpan(i).StartsWith(s, StringComparison.Ordinal)) ?? throw new TemplateException($"'{c}' has no meaning in '{source.Trim()}'");
                tokens.Add(new(TemplateTokenKind.Sign, sign));
                i += sign.Length;
            }
        }
        tokens.Add(new(TemplateTokenKind.End, ""));
        return tokens;
    }

    private static string Quoted(string source, ref int at)
    {
        var quote = source[at++];
        var text = new StringBuilder();
        while (at < source.Length && source[at] != quote)
        {
            var c = source[at++];
            if (c != '\\' || at == source.Length)
            {
                text.Append(c);
                continue;
            }
            c = source[at++];
            switch (c)
            {
                case 'n': text.Append('\n'); break;
                case 't': text.Append('\t'); break;
                case 'r': text.Append('\r'); break;
                case '\\' or '\'' or '"': text.Append(c); break;
                case '\n': break;
                case 'u' or 'x':
                    var length = c == 'u' ? 4 : 2;
                    if (at + length > source.Length || !int.TryParse(source.AsSpan(at, length), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var code))
                        throw new TemplateException($"a text in '{source.Trim()}' has an escape that is no character");
                    text.Append((char)code);
                    at += length;
                    break;
                default: text.Append('\\').Append(c); break;
            }
        }
        if (at == source.Length) throw new TemplateException($"a text in '{source.Trim()}' is never closed");
        at++;
        return text.ToString();
    }
}
