using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace FineTuneWorkflows.Pipelines.Contract;

/// <summary>
/// What is known of a stage, read once from its class. The CLI's help, validation, fingerprints and the designer's toolbox all come from here.
/// </summary>
public sealed class StageDescriptor
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
        if (!IsTypeName(attribute.Type))
            throw new ArgumentException($"{stageType}: the type '{attribute.Type}' does not have the form Group.Name.", nameof(stageType));
        return new(stageType, attribute);
    }

    private List<ParameterDescriptor> ReadParameters()
    {
        var defaults = Create();
        var declared = new List<Declaration>();
        foreach (var property in StageType.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var attributes = Attribute.GetCustomAttributes(property);
            if (attributes.OfType<ParameterAttribute>().FirstOrDefault() is { } parameter)
                declared.Add(new(property, parameter, attributes.OfType<ValidationAttribute>()));
        }

        declared.Sort((a, b) => a.Attribute.Order != b.Attribute.Order ? a.Attribute.Order.CompareTo(b.Attribute.Order) : a.Property.MetadataToken.CompareTo(b.Property.MetadataToken));
        return declared.ConvertAll(d => new ParameterDescriptor(d.Property, d.Attribute, d.Validators, defaults));
    }

    // By hand, because a run with nothing to do would load the regular expression engine for this alone.
    private static bool IsTypeName(string type) =>
        type.Split('.') is [var group, var name] && new[] { group, name }.All(part => part.Length > 0 && char.IsAsciiLetterUpper(part[0]) && part.All(char.IsAsciiLetterOrDigit));

    private sealed record Declaration(PropertyInfo Property, ParameterAttribute Attribute, IEnumerable<ValidationAttribute> Validators);
}
