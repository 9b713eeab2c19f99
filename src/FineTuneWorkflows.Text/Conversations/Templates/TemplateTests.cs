namespace FineTuneWorkflows.Text.Conversations.Templates;

/// <summary>What stands behind <c>is</c>.</summary>
internal static class TemplateTests
{
    private static readonly Dictionary<string, Func<object?, IReadOnlyList<object?>, TemplateBudget, bool>> All = new(StringComparer.Ordinal)
    {
        ["defined"] = (value, _, _) => value is not TemplateUndefined,
        ["undefined"] = (value, _, _) => value is TemplateUndefined,
        ["none"] = (value, _, _) => value is null,
        ["string"] = (value, _, _) => value is string,
        ["mapping"] = (value, _, _) => value is TemplateMap,
        ["iterable"] = (value, _, _) => value is string or TemplateMap or List<object?> or TemplateUndefined,
        ["sequence"] = (value, _, _) => value is string or TemplateMap or List<object?> or TemplateUndefined,
        ["number"] = (value, _, _) => TemplateValues.IsNumber(value),
        ["integer"] = (value, _, _) => value is long,
        ["float"] = (value, _, _) => value is double,
        ["boolean"] = (value, _, _) => value is bool,
        ["true"] = (value, _, _) => value is true,
        ["false"] = (value, _, _) => value is false,
        ["callable"] = (value, _, _) => value is TemplateFunction,
        ["odd"] = (value, _, _) => TemplateValues.Integer(value) % 2 != 0,
        ["even"] = (value, _, _) => TemplateValues.Integer(value) % 2 == 0,
        ["divisibleby"] = (value, other, _) => TemplateValues.Integer(other[0]) is not 0 and var by && TemplateValues.Integer(value) % by == 0,
        ["in"] = (value, other, budget) => TemplateValues.Contains(other[0], value, budget),
        ["eq"] = Equal,
        ["equalto"] = Equal,
        ["sameas"] = Equal,
        ["ne"] = (value, other, budget) => !Equal(value, other, budget),
    };

    private static readonly string[] Comparing = ["divisibleby", "in", "eq", "equalto", "sameas", "ne"];

    public static bool IsKnown(string name) => All.ContainsKey(name);

    public static bool Holds(string name, object? value, IReadOnlyList<object?> arguments, TemplateBudget budget)
    {
        if (!All.TryGetValue(name, out var test)) throw new TemplateException($"the test '{name}' is not known");
        if (arguments.Count == 0 && Comparing.Contains(name, StringComparer.Ordinal)) throw new TemplateException($"the test '{name}' takes a value");
        return test(value, arguments, budget);
    }

    private static bool Equal(object? value, IReadOnlyList<object?> other, TemplateBudget budget) => TemplateValues.AreEqual(value, other[0], budget);
}
