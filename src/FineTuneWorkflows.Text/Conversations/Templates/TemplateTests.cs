namespace FineTuneWorkflows.Text.Conversations.Templates;

/// <summary>What stands behind <c>is</c>.</summary>
internal static class TemplateTests
{
    private static readonly Dictionary<string, Func<object?, IReadOnlyList<object?>, bool>> All = new(StringComparer.Ordinal)
    {
        ["defined"] = (value, _) => value is not TemplateUndefined,
        ["undefined"] = (value, _) => value is TemplateUndefined,
        ["none"] = (value, _) => value is null,
        ["string"] = (value, _) => value is string,
        ["mapping"] = (value, _) => value is TemplateMap,
        ["iterable"] = (value, _) => value is string or TemplateMap or List<object?> or TemplateUndefined,
        ["sequence"] = (value, _) => value is string or TemplateMap or List<object?> or TemplateUndefined,
        ["number"] = (value, _) => TemplateValues.IsNumber(value),
        ["integer"] = (value, _) => value is long,
        ["float"] = (value, _) => value is double,
        ["boolean"] = (value, _) => value is bool,
        ["true"] = (value, _) => value is true,
        ["false"] = (value, _) => value is false,
        ["callable"] = (value, _) => value is TemplateFunction,
        ["odd"] = (value, _) => TemplateValues.Integer(value) % 2 != 0,
        ["even"] = (value, _) => TemplateValues.Integer(value) % 2 == 0,
        ["divisibleby"] = (value, other) => TemplateValues.Integer(other[0]) is not 0 and var by && TemplateValues.Integer(value) % by == 0,
        ["in"] = (value, other) => TemplateValues.Contains(other[0], value),
        ["eq"] = Equal,
        ["equalto"] = Equal,
        ["sameas"] = Equal,
        ["ne"] = (value, other) => !Equal(value, other),
    };

    private static readonly string[] Comparing = ["divisibleby", "in", "eq", "equalto", "sameas", "ne"];

    public static bool IsKnown(string name) => All.ContainsKey(name);

    public static bool Holds(string name, object? value, IReadOnlyList<object?> arguments)
    {
        if (!All.TryGetValue(name, out var test)) throw new TemplateException($"the test '{name}' is not known");
        if (arguments.Count == 0 && Comparing.Contains(name, StringComparer.Ordinal)) throw new TemplateException($"the test '{name}' takes a value");
        return test(value, arguments);
    }

    private static bool Equal(object? value, IReadOnlyList<object?> other) => TemplateValues.AreEqual(value, other[0]);
}
