namespace FineTuneWorkflows.Text.Conversations.Templates;

/// <summary>A dictionary, in the order in which its members were put in; of a <c>namespace</c> members can be set.</summary>
/// <param name="isNamespace">Whether it is a namespace.</param>
internal sealed class TemplateMap(bool isNamespace = false)
{
    public bool IsNamespace => isNamespace;

    public OrderedDictionary<string, object?> Members { get; } = new(StringComparer.Ordinal);

    /// <summary>Looks a member up.</summary>
    public bool TryGet(string name, TemplateBudget budget, out object? value)
    {
        budget.Characters(name.Length);
        return Members.TryGetValue(name, out value);
    }

    public static TemplateMap Of(params ReadOnlySpan<(string Name, object? Value)> members)
    {
        var map = new TemplateMap();
        foreach (var (name, value) in members) map.Members[name] = value;
        return map;
    }
}
