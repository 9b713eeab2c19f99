using System.Globalization;

namespace FineTuneWorkflows.Text.Conversations.Templates;

/// <summary>What stands behind <c>|</c>.</summary>
internal static class TemplateFilters
{
    private delegate object? Filter(object? value, IReadOnlyList<object?> arguments, IReadOnlyDictionary<string, object?> named, TemplateBudget budget);

    private static readonly Dictionary<string, Filter> All = new(StringComparer.Ordinal)
    {
        ["trim"] = (value, given, _, budget) => Strip(TemplateValues.Text(value, budget), given),
        ["length"] = (value, _, _, budget) => Length(value, budget),
        ["count"] = (value, _, _, budget) => Length(value, budget),
        ["lower"] = (value, _, _, budget) => TemplateValues.Text(value, budget).ToLowerInvariant(),
        ["upper"] = (value, _, _, budget) => TemplateValues.Text(value, budget).ToUpperInvariant(),
        ["capitalize"] = (value, _, _, budget) => Capitalized(TemplateValues.Text(value, budget)),
        ["title"] = (value, _, _, budget) => CultureInfo.InvariantCulture.TextInfo.ToTitleCase(TemplateValues.Text(value, budget).ToLowerInvariant()),
        ["string"] = (value, _, _, budget) => TemplateValues.Text(value, budget),
        ["safe"] = (value, _, _, _) => value,
        ["int"] = (value, _, _, _) => value is string text ? long.TryParse(text, CultureInfo.InvariantCulture, out var whole) ? whole : 0L : (long)TemplateValues.Number(value),
        ["list"] = (value, _, _, budget) => Items(value, budget).ToList(),
        ["first"] = (value, _, _, budget) => TemplateValues.Items(value, budget) is [var first, ..] ? first : new TemplateUndefined("first"),
        ["last"] = (value, _, _, budget) => TemplateValues.Items(value, budget) is [.., var last] ? last : new TemplateUndefined("last"),
        ["reverse"] = (value, _, _, budget) => Reversed(value, budget),
        ["unique"] = (value, _, _, budget) => Unique(value, budget),
        ["join"] = (value, given, named, budget) => TemplateMethods.Joined(TemplateValues.Text(Given(given, named, "d") ?? "", budget), Mapped(value, named, budget), budget),
        ["default"] = Default,
        ["d"] = Default,
        ["replace"] = (value, given, _, budget) => TemplateMethods.Replaced(
            TemplateValues.Text(value, budget), TemplateValues.Text(Argument(given, 0, "replace"), budget), TemplateValues.Text(Argument(given, 1, "replace"), budget), budget),
        ["tojson"] = (value, given, named, budget) => TemplateJson.Write(value, given, named, budget),
        ["items"] = (value, _, _, budget) => value is TemplateUndefined ? new List<object?>() : TemplateMethods.Items(value, budget),
        ["selectattr"] = (value, given, _, budget) => Where(value, given, true, budget),
        ["rejectattr"] = (value, given, _, budget) => Where(value, given, false, budget),
        ["map"] = Map,
        ["abs"] = (value, _, _, _) => value is long whole ? (object)Math.Abs(whole) : Math.Abs(TemplateValues.Number(value)),
    };

    public static bool IsKnown(string name) => All.ContainsKey(name);

    public static object? Apply(string name, object? value, IReadOnlyList<object?> arguments, IReadOnlyDictionary<string, object?> named, TemplateBudget budget)
    {
        if (!All.TryGetValue(name, out var filter)) throw new TemplateException($"the filter '{name}' is not known");
        budget.Steps(1);
        // Filters go through a text, and none but those that say so makes one that is longer.
        if (value is string text) budget.Characters(text.Length);
        return filter(value, arguments, named, budget);
    }

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

    private static object? Default(object? value, IReadOnlyList<object?> given, IReadOnlyDictionary<string, object?> named, TemplateBudget budget)
    {
        var alsoFalse = given.Count > 1 ? TemplateValues.IsTrue(given[1]) : TemplateValues.IsTrue(named.GetValueOrDefault("boolean"));
        return value is TemplateUndefined || (alsoFalse && !TemplateValues.IsTrue(value)) ? Given(given, named, "default_value") ?? "" : value;
    }

    private static long Length(object? value, TemplateBudget budget) => value switch
    {
        string text => text.EnumerateRunes().Count(),
        TemplateMap map => map.Members.Count,
        _ => TemplateValues.Items(value, budget).Count,
    };

    /// <summary>The elements of a value, to make a list or a text of.</summary>
    private static List<object?> Items(object? value, TemplateBudget budget)
    {
        var items = TemplateValues.Items(value, budget);
        budget.Steps(items.Count);
        return items;
    }

    private static object Reversed(object? value, TemplateBudget budget)
    {
        var items = Items(value, budget).AsEnumerable().Reverse().ToList();
        return value is string ? string.Concat(items) : items;
    }

    private static List<object?> Unique(object? value, TemplateBudget budget)
    {
        var kept = new List<object?>();
        foreach (var item in Items(value, budget))
        {
            if (!kept.Exists(k => TemplateValues.AreEqual(k, item, budget))) kept.Add(item);
        }
        return kept;
    }

    private static IEnumerable<object?> Mapped(object? value, IReadOnlyDictionary<string, object?> named, TemplateBudget budget)
    {
        var items = Items(value, budget);
        return named.GetValueOrDefault("attribute") is string attribute ? items.Select(item => Member(item, attribute, budget)) : items;
    }

    private static List<object?> Map(object? value, IReadOnlyList<object?> given, IReadOnlyDictionary<string, object?> named, TemplateBudget budget) => given is [string filter, ..]
        ? [.. Items(value, budget).Select(item => Apply(filter, item, [.. given.Skip(1)], named, budget))]
        : [.. Mapped(value, named, budget)];

    private static List<object?> Where(object? value, IReadOnlyList<object?> given, bool wanted, TemplateBudget budget)
    {
        var attribute = TemplateValues.Text(Argument(given, 0, wanted ? "selectattr" : "rejectattr"), budget);
        return [.. Items(value, budget).Where(item => wanted == (given.Count > 1
            ? TemplateTests.Holds(TemplateValues.Text(given[1], budget), Member(item, attribute, budget), [.. given.Skip(2)], budget)
            : TemplateValues.IsTrue(Member(item, attribute, budget))))];
    }

    private static object? Member(object? item, string attribute, TemplateBudget budget) =>
        item is TemplateMap map && map.TryGet(attribute, budget, out var value) ? value : new TemplateUndefined(attribute);
}
