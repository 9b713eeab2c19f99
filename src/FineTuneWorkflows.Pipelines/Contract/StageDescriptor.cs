using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.RegularExpressions;
using FineTuneWorkflows.Foundation.Parameters;

namespace FineTuneWorkflows.Pipelines.Contract;

/// <summary>
/// What is known of a stage, read once from its class. The CLI's help, validation, fingerprints and the designer's toolbox all come from here.
/// </summary>
public sealed partial class StageDescriptor
{
    private readonly Lazy<IReadOnlyList<ParameterDescriptor>> parameters;
    private readonly Lazy<Dictionary<string, ParameterDescriptor>> byName;

    private StageDescriptor(Type stageType, StageAttribute attribute)
    {
        StageType = stageType;
        Type = attribute.Type;
        Version = attribute.Version;
        Description = attribute.Description;
        Consumes = [.. stageType.GetCustomAttributes<ConsumesAttribute>()];
        Produces = [.. stageType.GetCustomAttributes<ProducesAttribute>().Select(p => p.Artifact)];
        parameters = new(ReadParameters);
        byName = new(() => Parameters.ToDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>The activity type, <c>FineTune.&lt;Name&gt;</c>.</summary>
    public string Type { get; }

    /// <summary>The type without <c>FineTune.</c></summary>
    public string Name => Type[(Type.IndexOf('.', StringComparison.Ordinal) + 1)..];

    /// <summary>The version of the stage's code.</summary>
    public int Version { get; }

    /// <summary>One or two sentences.</summary>
    public string Description { get; }

    /// <summary>The stage's class.</summary>
    public Type StageType { get; }

    /// <summary>The artifacts it reads.</summary>
    public IReadOnlyList<ConsumesAttribute> Consumes { get; }

    /// <summary>The names of the artifacts it makes.</summary>
    public IReadOnlyList<string> Produces { get; }

    /// <summary>Its parameters, ordered by <see cref="ParameterDescriptor.Order"/>, then as declared.</summary>
    public IReadOnlyList<ParameterDescriptor> Parameters => parameters.Value;

    /// <summary>Whether it makes a new version of an artifact that it reads.</summary>
    public bool Transforms(string artifact) => Produces.Contains(artifact) && Consumes.Any(c => c.Artifact == artifact);

    /// <summary>The parameter of that name, whatever its case, or null.</summary>
    public ParameterDescriptor? Parameter(string name) => byName.Value.GetValueOrDefault(name);

    /// <summary>A stage with every parameter at its default.</summary>
    public Stage Create() => (Stage)Activator.CreateInstance(StageType)!;

    /// <summary>Reads the descriptor of a stage's class.</summary>
    /// <exception cref="ArgumentException">
    /// The class is no concrete <see cref="Stage"/> with a parameterless constructor, lacks <see cref="StageAttribute"/>, or a parameter's type is not supported.
    /// </exception>
    public static StageDescriptor Of(Type stageType)
    {
        if (!stageType.IsSubclassOf(typeof(Stage)) || stageType.IsAbstract || stageType.GetConstructor([]) is null)
            throw new ArgumentException($"{stageType} is no concrete stage with a parameterless constructor.", nameof(stageType));
        var attribute = stageType.GetCustomAttribute<StageAttribute>()
            ?? throw new ArgumentException($"{stageType} has no [Stage] attribute.", nameof(stageType));
        if (!TypeName().IsMatch(attribute.Type))
            throw new ArgumentException($"{stageType}: the type '{attribute.Type}' does not have the form Group.Name.", nameof(stageType));
        return new(stageType, attribute);
    }

    private List<ParameterDescriptor> ReadParameters()
    {
        var defaults = Create();
        var declared = new List<Declaration>();
        foreach (var property in StageType.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetCustomAttribute<ParametersAttribute>() is { } options)
                declared.AddRange(Declared(property.PropertyType.GetProperties(BindingFlags.Public | BindingFlags.Instance), property).Where(d => !options.Except.Contains(d.Property.Name)));
            declared.AddRange(Declared([property], null));
        }

        declared.Sort((a, b) => a.Place.CompareTo(b.Place));
        return declared.ConvertAll(d => new ParameterDescriptor(d.Options, d.Property, d.Attribute, d.Property.GetCustomAttributes<ValidationAttribute>(), defaults));
    }

    private static IEnumerable<Declaration> Declared(IEnumerable<PropertyInfo> properties, PropertyInfo? options) =>
        from property in properties
        let attribute = property.GetCustomAttribute<ParameterAttribute>()
        where attribute is not null
        select new Declaration(options, property, attribute);

    [GeneratedRegex(@"\A[A-Z][A-Za-z0-9]*\.[A-Z][A-Za-z0-9]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex TypeName();

    private sealed record Declaration(PropertyInfo? Options, PropertyInfo Property, ParameterAttribute Attribute)
    {
        // Options stand where the stage, or the one that it derives from, first names them, in their own order.
        public (int Order, int Declared, int WithinOptions) Place =>
            Options is null ? (Attribute.Order, Property.MetadataToken, 0) : (Attribute.Order, First(Options).MetadataToken, Property.MetadataToken);

        private static PropertyInfo First(PropertyInfo property) =>
            property.GetMethod!.GetBaseDefinition().DeclaringType!.GetProperty(property.Name, BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)!;
    }
}
