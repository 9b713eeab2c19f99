using System.Collections;
using System.Globalization;
using System.Text.Json;

namespace FineTuneWorkflows.Pipelines.Contract;

/// <summary>
/// A kind of value that parameters and properties take: text, whole number, number, truth value, duration, choice or list of texts. The one place
/// where raw values, from JSON or from a command line, become typed ones.
/// </summary>
public sealed class ParameterKind
{
    private static readonly Dictionary<Type, ParameterKind> Known = new ParameterKind[]
    {
        new(typeof(string), "String", "a text"),
        new(typeof(int), "Int32", "a whole number"),
        new(typeof(long), "Int64", "a whole number"),
        new(typeof(double), "Double", "a number"),
        new(typeof(bool), "Boolean", "true or false"),
        new(typeof(TimeSpan), "TimeSpan", "a duration such as 00:10:00"),
        new(typeof(IReadOnlyList<string>), "String[]", "a list of texts"),
    }.ToDictionary(kind => kind.ClrType);

    private ParameterKind(Type clrType, string typeName, string article, bool nullable = false)
    {
        ClrType = clrType;
        TypeName = typeName;
        Article = article;
        Nullable = nullable;
    }

    /// <summary>The CLR type, never a <see cref="System.Nullable{T}"/>.</summary>
    public Type ClrType { get; }

    /// <summary>The name that Elsa definitions use, such as <c>Int32</c>; a choice is a <c>String</c> there.</summary>
    public string TypeName { get; }

    /// <summary>What it is in words, with an article: <c>a whole number</c>.</summary>
    public string Article { get; }

    /// <summary>Whether no value is a value.</summary>
    public bool Nullable { get; }

    /// <summary>Whether it is a choice among an enumeration's names.</summary>
    public bool IsEnum => ClrType.IsEnum;

    /// <summary>The kind for a CLR type, or null where parameters cannot have it.</summary>
    public static ParameterKind? Of(Type type)
    {
        var bare = System.Nullable.GetUnderlyingType(type);
        var nullable = bare is not null;
        bare ??= type;
        if (bare.IsEnum)
            return new(bare, "String", "one of the names", nullable);
        return !Known.TryGetValue(bare, out var kind) ? null : nullable ? new(bare, kind.TypeName, kind.Article, true) : kind;
    }

    /// <summary>The kind for a type name of a definition's variable or input; its aliases and full .NET names included. Null where it is none of ours.</summary>
    public static ParameterKind? OfTypeName(string typeName, bool isArray = false) => (typeName.Split(',')[0].Replace("System.", "", StringComparison.Ordinal), isArray) switch
    {
        ("String", true) or ("String[]", _) => Known[typeof(IReadOnlyList<string>)],
        (_, true) => null,
        ("String" or "Object" or "Any", _) => Known[typeof(string)],
        ("Int16" or "Int32" or "Byte", _) => Known[typeof(int)],
        ("Int64" or "Long", _) => Known[typeof(long)],
        ("Single" or "Double" or "Decimal", _) => Known[typeof(double)],
        ("Boolean", _) => Known[typeof(bool)],
        ("TimeSpan", _) => Known[typeof(TimeSpan)],
        _ => null,
    };

    /// <summary>Turns a raw value (JSON, text or typed) into this kind.</summary>
    public bool TryConvert(object? raw, out object? value)
    {
        value = raw is JsonElement json ? Plain(json) : raw;
        if (value is null || (value is string { Length: 0 } && ClrType != typeof(string)))
        {
            value = ClrType == typeof(string) ? value : null;
            return Nullable || ClrType == typeof(string);
        }

        value = ClrType switch
        {
            var t when t == typeof(string) => value is IEnumerable and not string ? null : Text(value),
            var t when t == typeof(int) => Whole(value) is { } n && n is >= int.MinValue and <= int.MaxValue ? (int)n : null,
            var t when t == typeof(long) => Whole(value),
            var t when t == typeof(double) => Number(value),
            var t when t == typeof(bool) => value is bool ? value : bool.TryParse(Text(value), out var b) ? b : null,
            var t when t == typeof(TimeSpan) => value is TimeSpan ? value : Duration(Text(value)),
            var t when t == typeof(IReadOnlyList<string>) => Texts(value),
            _ => Choice(value),
        };
        return value is not null;
    }

    /// <summary>A value as messages show it: texts in quotes, long ones cut.</summary>
    public static string Show(object? value) => (value is JsonElement json ? Plain(json) : value) switch
    {
        null => "nothing",
        string { Length: > 80 } text => $"'{text[..77]}...'",
        string text => $"'{text}'",
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Show))}]",
        var other => Text(other),
    };

    private static string Text(object value) => value switch
    {
        bool b => b ? "true" : "false",
        TimeSpan t => t.ToString("c", CultureInfo.InvariantCulture),
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static long? Whole(object value) => value switch
    {
        int n => n,
        long n => n,
        double d when d == Math.Floor(d) && Math.Abs(d) < 1e15 => (long)d,
        string s when long.TryParse(s, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) => n,
        _ => null,
    };

    private static double? Number(object value) => value switch
    {
        int n => n,
        long n => n,
        double d => d,
        string s when double.TryParse(s, NumberStyles.Float, CultureInfo.InvariantCulture, out var d) && double.IsFinite(d) => d,
        _ => null,
    };

    private static TimeSpan? Duration(string text) =>
        text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var t) && t >= TimeSpan.Zero ? t : null;

    private static IReadOnlyList<string>? Texts(object value) => value switch
    {
        string s => s.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        IEnumerable list => [.. list.Cast<object?>().Select(item => item is null ? "" : Text(item))],
        _ => null,
    };

    // By name only: Enum.TryParse alone would also take numbers.
    private object? Choice(object value) =>
        value.GetType() == ClrType ? value
        : Enum.GetNames(ClrType).FirstOrDefault(name => name.Equals(Text(value), StringComparison.OrdinalIgnoreCase)) is { } name ? Enum.Parse(ClrType, name)
        : null;

    private static object? Plain(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number => json.TryGetInt64(out var n) ? n : json.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Array => json.EnumerateArray().Select(Plain).ToList(),
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        _ => json.GetRawText(),
    };
}
