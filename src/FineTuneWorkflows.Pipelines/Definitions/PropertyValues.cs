using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Pipelines.Definitions;

/// <summary>The values of a definition's properties in one run: what the user gave, else the defaults.</summary>
public sealed class PropertyValues
{
    private readonly Dictionary<string, PropertyValue> values;

    private PropertyValues(Dictionary<string, PropertyValue> values) => this.values = values;

    /// <summary>All values, by property name.</summary>
    public IReadOnlyDictionary<string, PropertyValue> All => values;

    /// <summary>The value of a property, or null where it has none.</summary>
    public PropertyValue? Find(string name) => values.GetValueOrDefault(name);

    /// <summary>Checks what the user gave against what the definition declares.</summary>
    /// <param name="definition">The definition.</param>
    /// <param name="given">Values by property name (whatever its case): texts from a command line, or JSON.</param>
    /// <param name="folder">What relative paths among the given values count from.</param>
    /// <exception cref="DefinitionException">A name that is not declared, or a value of the wrong kind.</exception>
    public static PropertyValues Bind(WorkflowDefinition definition, IEnumerable<KeyValuePair<string, object?>> given, string folder)
    {
        var problems = new List<DefinitionProblem>();
        var values = new Dictionary<string, PropertyValue>(StringComparer.OrdinalIgnoreCase);
        foreach (var declaration in definition.Properties)
            if (declaration.Default is not null)
                values[declaration.Name] = new(declaration.Default, IsGiven: false, definition.Folder);

        foreach (var (name, raw) in given)
        {
            var declaration = definition.Properties.FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (declaration is null)
            {
                var known = definition.Properties.Select(p => p.Name).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
                problems.Add(new(definition.File, known.Count == 0
                    ? $"there is no property {name}; this definition declares none"
                    : $"there is no property {name}{NameSuggestion.For(name, known)} (it has {string.Join(", ", known)})"));
            }
            else if (!declaration.Kind.TryConvert(raw, out var value))
                problems.Add(new(definition.File, $"property {declaration.Name} wants {declaration.Kind.Article}, got {ParameterKind.Show(raw)}"));
            else
                values[declaration.Name] = new(value, IsGiven: true, folder);
        }

        return problems.Count == 0 ? new(values) : throw new DefinitionException(problems);
    }
}
