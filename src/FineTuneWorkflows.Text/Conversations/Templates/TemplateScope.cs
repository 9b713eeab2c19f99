namespace FineTuneWorkflows.Text.Conversations.Templates;

/// <summary>The names that are known at a place of a template.</summary>
internal sealed class TemplateScope
{
    // Deeper macros than any template needs would only end in a stack that overflows.
    private const int Deepest = 64;

    private readonly Dictionary<string, object?> _names = new(StringComparer.Ordinal);
    private readonly TemplateScope? _outer;
    private readonly int _depth;
    private int _calls;

    public TemplateScope(TemplateBudget budget) => Budget = budget;

    private TemplateScope(TemplateScope outer, int depth)
    {
        if (depth > Deepest) throw new TemplateException($"it is nested more than {Deepest} times");
        (_outer, _depth, Budget) = (outer, depth, outer.Budget);
    }

    /// <summary>What the rendering may still do.</summary>
    public TemplateBudget Budget { get; }

    private TemplateScope Root => _outer?.Root ?? this;

    public void Set(string name, object? value) => _names[name] = value;

    /// <summary>Gives one name a value, or each of several names an element of it.</summary>
    public void Set(IReadOnlyList<string> names, object? value)
    {
        var parts = names.Count == 1 ? [value] : TemplateValues.Items(value, Budget);
        if (parts.Count != names.Count) throw new TemplateException($"there are {parts.Count} values for the {names.Count} names {string.Join(", ", names)}");
        for (var i = 0; i < parts.Count; i++) Set(names[i], parts[i]);
    }

    public object? Get(string name)
    {
        for (var scope = this; scope is not null; scope = scope._outer)
        {
            if (scope._names.TryGetValue(name, out var value)) return value;
        }
        return new TemplateUndefined(name);
    }

    public TemplateScope Inner() => new(this, _depth + 1);

    /// <summary>Runs a macro in a scope that sees the template's own names alone.</summary>
    public T Call<T>(Func<TemplateScope, T> macro)
    {
        var root = Root;
        if (++root._calls > Deepest) throw new TemplateException($"macros call each other more than {Deepest} times");
        var result = macro(root.Inner());
        root._calls--;
        return result;
    }
}
