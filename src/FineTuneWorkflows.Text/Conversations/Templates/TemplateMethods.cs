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
    public static List<object?> Items(object? value, TemplateBudget budget)
    {
        if (value is not TemplateMap map) throw new TemplateException($"{TemplateValues.Name(value)} has no items");
        budget.Steps(2L * map.Members.Count);
        return [.. map.Members.Select(m => (object?)new List<object?> { m.Key, m.Value })];
    }

    /// <summary>A text with each part of one kind replaced, as Python does it.</summary>
    public static string Replaced(string text, string from, string to, TemplateBudget budget)
    {
        budget.Characters(text.Length);
        if (from.Length == 0) throw new TemplateException("replace takes a text to replace that is not empty");
        var found = text.AsSpan().Count(from);
        budget.Characters(to, found);
        return text.Replace(from, to, StringComparison.Ordinal);
    }

    /// <summary>Texts with another between them.</summary>
    public static string Joined(string between, IEnumerable<object?> items, TemplateBudget budget)
    {
        var text = new System.Text.StringBuilder();
        var first = true;
        foreach (var item in items)
        {
            var part = TemplateValues.Text(item, budget);
            budget.Steps(1);
            budget.Characters((long)part.Length + between.Length);
            if (!first) text.Append(between);
            text.Append(part);
            first = false;
        }
        return text.ToString();
    }

    private static TemplateFunction? OfText(string text, string name)
    {
        return name switch
        {
            "strip" => Made((given, _) => TemplateFilters.Strip(text, given)),
            "lstrip" => Made((given, _) => TemplateFilters.Strip(text, given, right: false)),
            "rstrip" => Made((given, _) => TemplateFilters.Strip(text, given, left: false)),
            "lower" => Made((_, _) => text.ToLowerInvariant()),
            "upper" => Made((_, _) => text.ToUpperInvariant()),
            "capitalize" => Made((_, _) => TemplateFilters.Capitalized(text)),
            "title" => Made((_, _) => System.Globalization.CultureInfo.InvariantCulture.TextInfo.ToTitleCase(text.ToLowerInvariant())),
            "startswith" => (given, _, budget) => Any(given, budget, part => text.StartsWith(part, StringComparison.Ordinal)),
            "endswith" => (given, _, budget) => Any(given, budget, part => text.EndsWith(part, StringComparison.Ordinal)),
            "replace" => (given, _, budget) => given is [string from, string to, ..] ? Replaced(text, from, to, budget) : throw Wrong(name),
            "find" => Made((given, _) => given is [string part, ..] ? (long)text.IndexOf(part, StringComparison.Ordinal) : throw Wrong(name)),
            "count" => Made((given, _) => given is [string part, ..] && part.Length > 0 ? (long)text.AsSpan().Count(part) : throw Wrong(name)),
            "split" => Made((given, budget) => Counted(Split(text, given), budget)),
            "splitlines" => Made((_, budget) => text.Length == 0 ? new List<object?>() : Counted([.. text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n')], budget)),
            "join" => (given, _, budget) => given is [var list, ..] ? Joined(text, TemplateValues.Items(list, budget), budget) : throw Wrong(name),
            _ => null,
        };

        // What goes through the text, and makes one that is no longer.
        TemplateFunction Made(Func<IReadOnlyList<object?>, TemplateBudget, object?> method) => (given, _, budget) =>
        {
            budget.Characters(text.Length);
            return method(given, budget);
        };
    }

    private static TemplateFunction? OfMap(TemplateMap map, string name) => name switch
    {
        "items" => (_, _, budget) => Items(map, budget),
        "keys" => (_, _, budget) => Counted([.. map.Members.Keys], budget),
        "values" => (_, _, budget) => Counted([.. map.Members.Values], budget),
        "get" => (given, _, budget) => given is [string key, ..] ? map.TryGet(key, budget, out var value) ? value : given.Count > 1 ? given[1] : null : throw Wrong(name),
        _ => null,
    };

    private static List<object?> Counted(List<object?> list, TemplateBudget budget)
    {
        budget.Steps(list.Count);
        return list;
    }

    private static TemplateFunction Unchangeable(List<object?> list) => (_, _, _) => throw new TemplateException($"a list of {list.Count} cannot be appended to");

    private static List<object?> Split(string text, IReadOnlyList<object?> given)
    {
        if (given.Count == 0) return [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];
        if (given[0] is not string { Length: > 0 } separator) throw Wrong("split");
        return [.. given.Count > 1 && TemplateValues.Integer(given[1]) is >= 0 and var most ? text.Split(separator, (int)Math.Min(most, int.MaxValue - 1) + 1) : text.Split(separator)];
    }

    private static bool Any(IReadOnlyList<object?> given, TemplateBudget budget, Func<string, bool> holds)
    {
        return given switch
        {
            [string part, ..] => Holds(part),
            [List<object?> parts, ..] => parts.OfType<string>().Any(Holds),
            _ => throw new TemplateException("startswith and endswith take a text"),
        };

        bool Holds(string part)
        {
            budget.Steps(1);
            budget.Characters(part.Length);
            return holds(part);
        }
    }

    private static TemplateException Wrong(string name) => new($"the method '{name}' cannot be called with these values");
}
