using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FineTuneWorkflows.Text.Conversations.Templates;

/// <summary>
/// What Jinja says of values. They are null (none), <see cref="TemplateUndefined"/>, bool, long, double, string, lists, <see cref="TemplateMap"/> and <see cref="TemplateFunction"/>.
/// </summary>
internal static class TemplateValues
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static bool IsTrue(object? value) => value switch
    {
        null or TemplateUndefined or false or 0L or 0.0 or "" => false,
        List<object?> list => list.Count > 0,
        TemplateMap map => map.IsNamespace || map.Members.Count > 0,
        _ => true,
    };

    /// <summary>What is written for a value.</summary>
    public static string Text(object? value) => value switch
    {
        string text => text,
        TemplateUndefined => "",
        null => "None",
        true => "True",
        false => "False",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => number == Math.Floor(number) && Math.Abs(number) < 1e16 ? number.ToString("0.0", CultureInfo.InvariantCulture) : number.ToString("R", CultureInfo.InvariantCulture),
        List<object?> list => $"[{string.Join(", ", list.Select(Inside))}]",
        TemplateMap map => $"{{{string.Join(", ", map.Members.Select(m => $"{Inside(m.Key)}: {Inside(m.Value)}"))}}}",
        _ => throw new TemplateException("a function cannot be written; call it"),
    };

    public static bool AreEqual(object? a, object? b) => (a, b) switch
    {
        (List<object?> x, List<object?> y) => x.Count == y.Count && x.Zip(y).All(p => AreEqual(p.First, p.Second)),
        (TemplateMap x, TemplateMap y) => x.Members.Count == y.Members.Count && x.Members.All(m => y.Members.TryGetValue(m.Key, out var other) && AreEqual(m.Value, other)),
        (TemplateUndefined, TemplateUndefined) => true,
        _ when IsNumber(a) && IsNumber(b) => Number(a) == Number(b),
        _ => Equals(a, b),
    };

    public static int Compare(object? a, object? b) => (a, b) switch
    {
        (string x, string y) => string.CompareOrdinal(x, y),
        _ when IsNumber(a) && IsNumber(b) => Number(a).CompareTo(Number(b)),
        _ => throw new TemplateException($"{Name(a)} and {Name(b)} have no order"),
    };

    public static bool IsNumber(object? value) => value is long or double or bool;

    public static double Number(object? value) => value switch
    {
        long number => number,
        double number => number,
        bool flag => flag ? 1 : 0,
        _ => throw new TemplateException($"{Name(value)} is no number"),
    };

    public static long Integer(object? value) => value switch
    {
        long number => number,
        bool flag => flag ? 1 : 0,
        _ => throw new TemplateException($"{Name(value)} is no whole number"),
    };

    /// <summary>The elements of a list, the characters of a text, the keys of a dictionary; none of what is not there.</summary>
    public static List<object?> Items(object? value) => value switch
    {
        List<object?> list => list,
        string text => [.. text.EnumerateRunes().Select(rune => (object?)rune.ToString())],
        TemplateMap map => [.. map.Members.Keys],
        TemplateUndefined => [],
        _ => throw new TemplateException($"{Name(value)} cannot be gone through"),
    };

    public static bool Contains(object? whole, object? part) => whole switch
    {
        string text => part is string inner ? text.Contains(inner, StringComparison.Ordinal) : throw new TemplateException($"a text holds texts, not {Name(part)}"),
        _ => Items(whole).Exists(item => AreEqual(item, part)),
    };

    /// <summary>What a value is called in messages.</summary>
    public static string Name(object? value) => value switch
    {
        null => "none",
        TemplateUndefined undefined => $"'{undefined.Name}', which is not there,",
        bool => "a boolean",
        long or double => "a number",
        string => "a text",
        List<object?> => "a list",
        TemplateMap => "a dictionary",
        _ => "a function",
    };

    public static string ToJson(object? value, int? indent)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, indent is { } spaces ? Json with { Indented = true, IndentSize = Math.Clamp(spaces, 0, 127), NewLine = "\n" } : Json)) Write(json, value);
        var text = Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
        return indent is null ? Spaced(text) : text;
    }

    private static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case long number: json.WriteNumberValue(number); break;
            case double number: json.WriteNumberValue(number); break;
            case string text: json.WriteStringValue(text); break;
            case List<object?> list:
                json.WriteStartArray();
                foreach (var item in list) Write(json, item);
                json.WriteEndArray();
                break;
            case TemplateMap map:
                json.WriteStartObject();
                foreach (var (name, member) in map.Members)
                {
                    json.WritePropertyName(name);
                    Write(json, member);
                }
                json.WriteEndObject();
                break;
            default: throw new TemplateException($"{Name(value)} cannot be written as JSON");
        }
    }

    // Python puts a space after each comma and colon.
    private static string Spaced(string json)
    {
        var text = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < json.Length; i++)
        {
            text.Append(json[i]);
            if (json[i] == '\\') text.Append(json[++i]);
            else if (json[i] == '"') quoted = !quoted;
            else if (!quoted && json[i] is ',' or ':') text.Append(' ');
        }
        return text.ToString();
    }

    private static string Inside(object? value) => value is string text ? $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'" : Text(value);
}
