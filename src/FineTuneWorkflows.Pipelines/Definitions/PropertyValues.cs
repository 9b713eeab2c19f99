using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Pipelines.Definitions;

/// <summary>The values of a definition's properties in one run (what the user gave, else the defaults), and what the user gave for parameters of stages.</summary>
public sealed class PropertyValues
{
    private readonly Dictionary<string, PropertyValue> values;

    private PropertyValues(Dictionary<string, PropertyValue> values, IReadOnlyList<GivenParameter> parameters) => (this.values, Parameters) = (values, parameters);

    /// <summary>All values, by property name.</summary>
    public IReadOnlyDictionary<string, PropertyValue> All => values;

    /// <summary>What was given for parameters of stages, in the order given; of two for the same parameter the later counts. Which stages they mean is found when the pipeline is built.</summary>
    public IReadOnlyList<GivenParameter> Parameters { get; }

    /// <summary>The value of a property, or null where it has none.</summary>
    public PropertyValue? Find(string name) => values.GetValueOrDefault(name);

    /// <summary>Checks what the user gave against what the definition declares.</summary>
    /// <param name="definition">The definition.</param>
    /// <param name="given">
    /// Values by property name (whatever its case), or by <c>Stage.Parameter</c>: texts from a command line, or JSON. A declared property counts first where its own name has a dot.
    /// </param>
    /// <param name="folder">What relative paths among the given values count from.</param>
    /// <param name="catalog">Where a name is not declared, the stages that have a parameter of that name are told. Default: none are.</param>
    /// <exception cref="DefinitionException">A name that is not declared, or a value of the wrong kind.</exception>
    public static PropertyValues Bind(WorkflowDefinition definition, IEnumerable<KeyValuePair<string, object?>> given, string folder, StageCatalog? catalog = null)
    {
        var problems = new List<DefinitionProblem>();
        var values = new Dictionary<string, PropertyValue>(StringComparer.OrdinalIgnoreCase);
        var parameters = new List<GivenParameter>();
        foreach (var declaration in definition.Properties)
            if (declaration.Default is not null)
                values[declaration.Name] = new(declaration.Default, IsGiven: false, definition.Folder);

        foreach (var (name, raw) in given)
        {
            var declaration = definition.Properties.FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (declaration is null)
            {
                // A stage's name may hold dots, a parameter's cannot.
                if (name.LastIndexOf('.') is > 0 and var dot && dot < name.Length - 1)
                    parameters.Add(new(name[..dot], name[(dot + 1)..], raw, folder));
                else
                    problems.Add(new(definition.File, Unknown(definition, name, raw, catalog)));
            }
            else if (!declaration.Kind.TryConvert(raw, out var value))
                problems.Add(new(definition.File, $"property {declaration.Name} wants {declaration.Kind.Article}, got {ParameterKind.Show(raw)}"));
            else
                values[declaration.Name] = new(value, IsGiven: true, folder);
        }

        return problems.Count == 0 ? new(values, parameters) : throw new DefinitionException(problems);
    }

    private static string Unknown(WorkflowDefinition definition, string name, object? raw, StageCatalog? catalog)
    {
        var known = definition.Properties.Select(p => p.Name).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var ofStages = definition.Activities
            .Select(a => (Stage: a.Name, Parameter: catalog?.Find(a.Type)?.Parameter(name)))
            .Where(a => a.Parameter is not null)
            .Select(a => $"-p {a.Stage}.{a.Parameter!.Name}={(a.Parameter.Secret ? "${env:NAME}" : raw)}")
            .ToList();
        if (ofStages.Count > 0)
            return $"there is no property {name}, but {(ofStages.Count == 1 ? "a stage has" : "stages have")} a parameter of that name: write {string.Join(" or ", ofStages)}{(known.Count == 0 ? "" : $" (properties are {string.Join(", ", known)})")}";
        return known.Count == 0
            ? $"there is no property {name}; this definition declares none; a stage's parameter is written -p Stage.Parameter=value"
            : $"there is no property {name}{NameSuggestion.For(name, known)} (it has {string.Join(", ", known)})";
    }
}
