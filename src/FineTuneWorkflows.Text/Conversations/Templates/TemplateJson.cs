using System.Globalization;
using System.Text;
using System.Text.Json;

namespace FineTuneWorkflows.Text.Conversations.Templates;

/// <summary>JSON as values of a template, and values as JSON: the filter <c>tojson</c> as transformers has it, which is Python's <c>json.dumps</c> with <c>ensure_ascii=False</c>.</summary>
internal static class TemplateJson
{
    private const int WidestIndent = 32;

    /// <summary>The value that a template sees for JSON.</summary>
    public static object? Value(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => Map(json),
        JsonValueKind.Array => json.EnumerateArray().Select(Value).ToList(),
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number => json.TryGetInt64(out var whole) ? whole : json.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    /// <summary>Writes a value with what the filter was given: <c>indent</c>, <c>separators</c>, <c>sort_keys</c> and <c>ensure_ascii</c>.</summary>
    /// <exception cref="TemplateException">The value holds a function, or what was given has no meaning.</exception>
    public static string Write(object? value, IReadOnlyList<object?> given, IReadOnlyDictionary<string, object?> named, TemplateBudget budget)
    {
        // By place, transformers' filter takes ensure_ascii, indent, separators, sort_keys; templates give indent as Jinja's own filter takes it.
        var indent = Option("indent") ?? (given is [long first, ..] ? first : null);
        var separators = Option("separators");
        var (comma, colon) = separators is null ? (indent is null ? ", " : ",", ": ")
            : separators is List<object?> and [string between, string after] ? (between, after)
            : throw new TemplateException("the separators of tojson are two texts");
        var writer = new Writer(budget)
        {
            Indent = indent is null ? null : (int)Math.Clamp(TemplateValues.Integer(indent), 0, WidestIndent),
            Comma = comma,
            Colon = colon,
            Sorted = TemplateValues.IsTrue(Option("sort_keys")),
            Ascii = TemplateValues.IsTrue(Option("ensure_ascii")),
        };
        writer.Add(value, 0);
        return writer.ToString();

        object? Option(string name) => named.GetValueOrDefault(name);
    }

    private static TemplateMap Map(JsonElement json)
    {
        var map = new TemplateMap();
        foreach (var member in json.EnumerateObject()) map.Members[member.Name] = Value(member.Value);
        return map;
    }

    private sealed class Writer(TemplateBudget budget)
    {
        private readonly StringBuilder _text = new();

        public int? Indent { get; init; }

        public required string Comma { get; init; }

        public required string Colon { get; init; }

        public bool Sorted { get; init; }

        public bool Ascii { get; init; }

        public void Add(object? value, int depth)
        {
            TemplateValues.RequireStack(budget);
            budget.Steps(1);
            switch (value)
            {
                case null: Append("null"); break;
                case bool flag: Append(flag ? "true" : "false"); break;
                case long number: Append(number.ToString(CultureInfo.InvariantCulture)); break;
                case double number: Append(double.IsFinite(number) ? TemplateValues.Fraction(number) : double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity"); break;
                case string text: Quoted(text); break;
                case List<object?> list: Between('[', ']', list, depth, item => Add(item, depth + 1)); break;
                case TemplateMap map:
                    IEnumerable<KeyValuePair<string, object?>> members = Sorted ? map.Members.OrderBy(m => m.Key, StringComparer.Ordinal) : map.Members;
                    Between('{', '}', members, depth, member =>
                    {
                        Quoted(member.Key);
                        Append(Colon);
                        Add(member.Value, depth + 1);
                    });
                    break;
                default: throw new TemplateException($"{TemplateValues.Name(value)} cannot be written as JSON");
            }
        }

        public override string ToString() => _text.ToString();

        private void Between<T>(char open, char close, IEnumerable<T> items, int depth, Action<T> add)
        {
            Append(open.ToString());
            var any = false;
            foreach (var item in items)
            {
                if (any) Append(Comma);
                any = true;
                NewLine(depth + 1);
                add(item);
            }
            if (any) NewLine(depth);
            Append(close.ToString());
        }

        private void NewLine(int depth)
        {
            if (Indent is { } width) Append("\n" + new string(' ', width * depth));
        }

        private void Quoted(string text)
        {
            Append("\"");
            budget.Characters(text.Length);
            foreach (var c in text)
            {
                _ = c switch
                {
                    '"' => _text.Append("\\\""),
                    '\\' => _text.Append(@"\\"),
                    '\n' => _text.Append(@"\n"),
                    '\r' => _text.Append(@"\r"),
                    '\t' => _text.Append(@"\t"),
                    '\f' => _text.Append(@"\f"),
                    '\b' => _text.Append(@"\b"),
                    < ' ' => _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                    > '~' when Ascii => _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                    _ => _text.Append(c),
                };
            }
            Append("\"");
        }

        private void Append(string part)
        {
            budget.Characters(part.Length);
            _text.Append(part);
        }
    }
}
