using System.Globalization;

namespace FineTuneWorkflows.Text.Conversations.Templates;

/// <summary>What stands behind <c>|</c>.</summary>
internal static class TemplateFilters
{
    private delegate object? Filter(object? value, IReadOnlyList<object?> arguments, IReadOnlyDictionary<string, object?> named);

    private static readonly Dictionary<string, Filter> All = new(StringComparer.Ordinal)
    {
        ["trim"] = (value, given, _) => Strip(TemplateValues.Text(value), given),
        ["length"] = (value, _, _) => Length(value),
        ["count"] = (value, _, _) => Length(value),
        ["lower"] = (value, _, _) => TemplateValues.Text(value).ToLowerInvariant(),
        ["upper"] = (value, _, _) => TemplateValues.Text(value).ToUpperInvariant(),
        ["capitalize"] = (value, _, _) => Capitalized(TemplateValues.Text(value)),
        ["title"] = (value, _, _) => CultureInfo.InvariantCulture.TextInfo.ToTitleCase(TemplateValues.Text(value).ToLowerInvariant()),
        ["string"] = (value, _, _) => TemplateValues.Text(value),
        ["safe"] = (value, _, _) => value,
        ["int"] = (value, _, _) => value is string text ? long.TryParse(text, CultureInfo.InvariantCulture, out var whole) ? whole : 0L : (long)TemplateValues.Number(value),
        ["list"] = (value, _, _) => TemplateValues.Items(value).ToList(),
        ["first"] = (value, _, _) => TemplateValues.Items(value) is [var first, ..] ? first : new TemplateUndefined("first"),
        ["last"] = (value, _, _) => TemplateValues.Items(value) is [.., var last] ? last : new TemplateUndefined("last"),
        ["reverse"] = (value, _, _) => Reversed(value),
        ["unique"] = (value, _, _) => Unique(value),
        ["join"] = (value, given, named) => string.Join(TemplateValues.Text(Given(given, named, "d") ?? ""), Mapped(value, named).Select(TemplateValues.Text)),
        ["default"] = Default,
        ["d"] = Default,
        ["replace"] = (value, given, _) => TemplateValues.Text(value).Replace(TemplateValues.Text(Argument(given, 0, "replace")), TemplateValues.Text(Argument(given, 1, "replace")), StringComparison.Ordinal),
        ["tojson"] = (value, given, named) => TemplateValues.ToJson(value, Given(given, named, "indent") is long indent ? (int)indent : null),
        ["items"] = (value, _, _) => value is TemplateUndefined ? new List<object?>() : TemplateMethods.Items(value),
        ["selectattr"] = (value, given, _) => Where(value, given, true),
        ["rejectattr"] = (value, given, _) => Where(value, given, false),
        ["map"] = (value, given, named) => Map(value, given, named),
        ["abs"] = (value, _, _) => value is long whole ? (object)Math.Abs(whole) : Math.Abs(TemplateValues.Number(value)),
    };

    public static bool IsKnown(string name) => All.ContainsKey(name);

    public static object? Apply(string name, object? value, IReadOnlyList<object?> arguments, IReadOnlyDictionary<string, object?> named) =>
        All.TryGetValue(name, out var filter) ? filter(value, arguments, named) : throw new TemplateException($"the filter '{name}' is not known");

    /// <summary>A text without white space at its ends, or without the characters that are given.</summary>
    public static string Strip(string text, IReadOnlyList<object?> given, bool left = true, bool right = true)
    {
        char[]? characters = given is [string own, ..] ? own.ToCharArray() : null;
        if (left) text = text.TrimStart(characters);
        return right ? text.TrimEnd(characters) : text;
    }

    public static string Capitalized(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..].ToLowerInvariant();

    private static object? Given(IReadOnlyList<object?> given, IReadOnlyDictionary<string, object?> named, string name) => given.Count > 0 ? given[0] : named.GetValueOrDefault(name);

    private static object? Argument(IReadOnlyList<object?> given, int index, string filter) =>
        index < given.Count ? given[index] : throw new TemplateException($"the filter '{filter}' takes {index + 1} values or more");

    private static object? Default(object? value, IReadOnlyList<object?> given, IReadOnlyDictionary<string, object?> named)
    {
        var alsoFalse = given.Count > 1 ? TemplateValues.IsTrue(given[1]) : TemplateValues.IsTrue(named.GetValueOrDefault("boolean"));
        return value is TemplateUndefined || (alsoFalse && !TemplateValues.IsTrue(value)) ? Given(given, named, "default_value") ?? "" : value;
    }

    private static long Length(object? value) => value switch
    {
        string text => text.EnumerateRunes().Count(),
        TemplateMap map => map.Members.Count,
        _ => TemplateValues.Items(value).Count,
    };

    private static object Reversed(object? value)
    {
        var items = TemplateValues.Items(value).AsEnumerable().Reverse().ToList();
        return value is string ? string.Concat(items) : items;
    }

    private static List<object?> Unique(object? value)
    {
        var kept = new List<object?>();
        foreach (var item in TemplateValues.Items(value))
        {
            if (!kept.Exists(k => TemplateValues.AreEqual(k, item))) kept.Add(item);
        }
        return kept;
    }

    private static IEnumerable<object?> Mapped(object? value, IReadOnlyDictionary<string, object?> named) =>
        named.GetValueOrDefault("attribute") is string attribute ? TemplateValues.Items(value).Select(item => Member(item, attribute)) : TemplateValues.Items(value);

    private static List<object?> Map(object? value, IReadOnlyList<object?> given, IReadOnlyDictionary<string, object?> named) => given is [string filter, ..]
        ? [.. TemplateValues.Items(value).Select(item => Apply(filter, item, [.. given.Skip(1)], named))]
        : [.. Mapped(value, named)];

    private static List<object?> Where(object? value, IReadOnlyList<object?> given, bool wanted)
    {
        var attribute = TemplateValues.Text(Argument(given, 0, wanted ? "selectattr" : "rejectattr"));
        return [.. TemplateValues.Items(value).Where(item => wanted == (given.Count > 1
            ? TemplateTests.Holds(TemplateValues.Text(given[1]), Member(item, attribute), [.. given.Skip(2)])
            : TemplateValues.IsTrue(Member(item, attribute))))];
    }

    private static object? Member(object? item, string attribute) =>
        item is TemplateMap map && map.Members.TryGetValue(attribute, out var value) ? value : new TemplateUndefined(attribute);
}
