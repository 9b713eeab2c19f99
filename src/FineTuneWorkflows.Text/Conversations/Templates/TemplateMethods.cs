namespace FineTuneWorkflows.Text.Conversations.Templates;

/// <summary>Python's methods of texts, dictionaries and lists that chat templates call.</summary>
internal static class TemplateMethods
{
    /// <summary>The method of a value, or null where there is none of that name.</summary>
    public static TemplateFunction? Find(object? value, string name) => value switch
    {
        string text => OfText(text, name),
        TemplateMap map => OfMap(map, name),
        List<object?> list when name == "append" => Unchangeable(list),
        _ => null,
    };

    /// <summary>A dictionary's names with their values.</summary>
    public static List<object?> Items(object? value) => value is TemplateMap map
        ? [.. map.Members.Select(m => (object?)new List<object?> { m.Key, m.Value })]
        : throw new TemplateException($"{TemplateValues.Name(value)} has no items");

    private static TemplateFunction? OfText(string text, string name) => name switch
    {
        "strip" => (given, _) => TemplateFilters.Strip(text, given),
        "lstrip" => (given, _) => TemplateFilters.Strip(text, given, right: false),
        "rstrip" => (given, _) => TemplateFilters.Strip(text, given, left: false),
        "lower" => (_, _) => text.ToLowerInvariant(),
        "upper" => (_, _) => text.ToUpperInvariant(),
        "capitalize" => (_, _) => TemplateFilters.Capitalized(text),
        "title" => (_, _) => System.Globalization.CultureInfo.InvariantCulture.TextInfo.ToTitleCase(text.ToLowerInvariant()),
        "startswith" => (given, _) => Any(given, part => text.StartsWith(part, StringComparison.Ordinal)),
        "endswith" => (given, _) => Any(given, part => text.EndsWith(part, StringComparison.Ordinal)),
        "replace" => (given, _) => given is [string from, string to, ..] && from.Length > 0 ? text.Replace(from, to, StringComparison.Ordinal) : throw Wrong(name),
        "find" => (given, _) => given is [string part, ..] ? (long)text.IndexOf(part, StringComparison.Ordinal) : throw Wrong(name),
        "count" => (given, _) => given is [string part, ..] && part.Length > 0 ? (long)(text.Split(part).Length - 1) : throw Wrong(name),
        "split" => (given, _) => Split(text, given),
        "splitlines" => (_, _) => text.Length == 0 ? new List<object?>() : [.. text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n')],
        "join" => (given, _) => given is [var list, ..] ? string.Join(text, TemplateValues.Items(list).Select(TemplateValues.Text)) : throw Wrong(name),
        _ => null,
    };

    private static TemplateFunction? OfMap(TemplateMap map, string name) => name switch
    {
        "items" => (_, _) => Items(map),
        "keys" => (_, _) => new List<object?>(map.Members.Keys),
        "values" => (_, _) => new List<object?>(map.Members.Values),
        "get" => (given, _) => given is [string key, ..] ? map.Members.TryGetValue(key, out var value) ? value : given.Count > 1 ? given[1] : null : throw Wrong(name),
        _ => null,
    };

    private static TemplateFunction Unchangeable(List<object?> list) => (_, _) => throw new TemplateException($"a list of {list.Count} cannot be appended to");

    private static List<object?> Split(string text, IReadOnlyList<object?> given)
    {
        if (given.Count == 0) return [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];
        if (given[0] is not string { Length: > 0 } separator) throw Wrong("split");
        return [.. given.Count > 1 && TemplateValues.Integer(given[1]) is >= 0 and var most ? text.Split(separator, (int)Math.Min(most + 1, int.MaxValue)) : text.Split(separator)];
    }

    private static bool Any(IReadOnlyList<object?> given, Func<string, bool> holds) => given switch
    {
        [string part, ..] => holds(part),
        [List<object?> parts, ..] => parts.OfType<string>().Any(holds),
        _ => throw new TemplateException("startswith and endswith take a text"),
    };

    private static TemplateException Wrong(string name) => new($"the method '{name}' cannot be called with these values");
}
