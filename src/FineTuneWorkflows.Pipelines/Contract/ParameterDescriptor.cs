using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using FineTuneWorkflows.Foundation.Parameters;

namespace FineTuneWorkflows.Pipelines.Contract;

/// <summary>What is known of one parameter of a stage.</summary>
public sealed class ParameterDescriptor
{
    private readonly PropertyInfo? options;
    private readonly PropertyInfo property;
    private readonly IReadOnlyList<ValidationAttribute> validators;

    /// <param name="options">The stage's property with the options that the parameter is one of; null where it is the stage's own.</param>
    /// <param name="property">The property with its value.</param>
    /// <param name="attribute">What is said of it.</param>
    /// <param name="validators">What its values must be.</param>
    /// <param name="defaults">A stage as it is made.</param>
    internal ParameterDescriptor(PropertyInfo? options, PropertyInfo property, ParameterAttribute attribute, IEnumerable<ValidationAttribute> validators, Stage defaults)
    {
        this.options = options;
        this.property = property;
        this.validators = [.. validators];
        Name = ActivityMembers.IsReserved(property.Name)
            ? throw new ArgumentException($"Parameter {property.DeclaringType?.Name}.{property.Name} has a name that every Elsa activity has already.")
            : property.Name;
        Description = attribute.Description;
        Category = attribute.Category;
        Order = attribute.Order;
        AffectsResult = attribute.AffectsResult && !attribute.Secret;
        Secret = attribute.Secret;
        MultiLine = attribute.MultiLine;
        AppliesWith = attribute.AppliesWith;
        Type = property.PropertyType;
        Kind = ParameterKind.Of(Type) ?? throw new ArgumentException($"Parameter {property.DeclaringType?.Name}.{Name} has the unsupported type {Type}.");
        Absent = attribute.Absent;
        if (Absent is not null && !(Kind.IsEnum && Kind.Nullable))
            throw new ArgumentException($"Parameter {property.DeclaringType?.Name}.{Name} has a name for no value, but is no nullable enumeration.");
        DefaultValue = Get(defaults);
        var range = this.validators.OfType<RangeAttribute>().FirstOrDefault();
        Minimum = range?.Minimum;
        Maximum = range?.Maximum;
        AllowedValues = Kind.IsEnum
            ? [.. Absent is null ? [] : new[] { Absent }, .. Enum.GetNames(Kind.ClrType)]
            : [.. this.validators.OfType<AllowedValuesAttribute>().SelectMany(allowed => allowed.Values.OfType<string>())];
    }

    /// <summary>Its name, such as <c>MaxLength</c>. Definitions write it with a small first letter.</summary>
    public string Name { get; }

    /// <summary>Its name as definitions write it, such as <c>maxLength</c>.</summary>
    public string JsonName => JsonNamingPolicy.CamelCase.ConvertName(Name);

    /// <summary>What it does, with its unit.</summary>
    public string Description { get; }

    /// <summary>The group it is listed under.</summary>
    public string Category { get; }

    /// <summary>Its place among the stage's parameters.</summary>
    public int Order { get; }

    /// <summary>Whether it belongs to the fingerprint.</summary>
    public bool AffectsResult { get; }

    /// <summary>Whether it is a credential, held as an environment reference only.</summary>
    public bool Secret { get; }

    /// <summary>The parameter without which this one has no effect, as <c>Name</c> or <c>Name=Value</c>; null for none.</summary>
    public string? AppliesWith { get; }

    /// <summary>What no value is called, such as <c>Auto</c>; null where it has no name.</summary>
    public string? Absent { get; }

    /// <summary>Its default as journals and records write it.</summary>
    public string DefaultText => Text(DefaultValue);

    /// <summary>Whether a designer should offer several lines.</summary>
    public bool MultiLine { get; }

    /// <summary>The declared type.</summary>
    public Type Type { get; }

    /// <summary>The kind of value it takes.</summary>
    public ParameterKind Kind { get; }

    /// <summary>Its value where a definition does not set it.</summary>
    public object? DefaultValue { get; }

    /// <summary>The smallest value allowed, or null.</summary>
    public object? Minimum { get; }

    /// <summary>The largest value allowed, or null.</summary>
    public object? Maximum { get; }

    /// <summary>The only values allowed; empty where any is.</summary>
    public IReadOnlyList<string> AllowedValues { get; }

    /// <summary>The range or the values allowed in words, or null: <c>1..512</c>, <c>auto, cpu or cuda</c>.</summary>
    public string? Constraint =>
        AllowedValues.Count > 0 ? string.Join(", ", AllowedValues)
        : Minimum is null && Maximum is null ? null
        : string.Create(CultureInfo.InvariantCulture, $"{Bound(Minimum)}..{Bound(Maximum)}");

    /// <summary>The value of this parameter in a stage.</summary>
    public object? Get(Stage stage) => property.GetValue(Owner(stage));

    /// <summary>The value of this parameter in a stage as journals, records and fingerprints write it: one text a value, the same on every machine.</summary>
    public string TextOf(Stage stage) => Text(Get(stage));

    /// <summary>Turns a raw value into this parameter's type and checks it.</summary>
    /// <param name="raw">A <see cref="JsonElement"/>, a text or a value.</param>
    /// <param name="value">The typed value.</param>
    /// <param name="problem">What is wrong and what would be right, without the parameter's name; null when nothing is.</param>
    public bool TryConvert(object? raw, out object? value, out string? problem)
    {
        if (Absent is not null && Absent.Equals(raw is JsonElement { ValueKind: JsonValueKind.String } json ? json.GetString() : raw as string, StringComparison.OrdinalIgnoreCase))
            raw = null;
        if (!Kind.TryConvert(raw, out value))
        {
            problem = $"wants {Kind.Article}{(AllowedValues.Count > 0 ? $" ({string.Join(", ", AllowedValues)})" : "")}, got {ParameterKind.Show(raw)}";
            return false;
        }

        foreach (var validator in validators)
        {
            if (validator.IsValid(value))
                continue;
            problem = validator switch
            {
                RangeAttribute => $"must lie in {Constraint}, got {ParameterKind.Show(value)}",
                AllowedValuesAttribute => $"must be one of {Constraint}, got {ParameterKind.Show(value)}",
                RequiredAttribute => "is required and has no value",
                _ => validator.FormatErrorMessage(Name),
            };
            return false;
        }

        if (Secret && value is string { Length: > 0 } text && !EnvironmentReference.Is(text))
        {
            problem = "is a secret: write an environment reference such as ${env:TOKEN}, not the value itself";
            return false;
        }

        problem = null;
        return true;
    }

    internal void Set(Stage stage, object? value) => property.SetValue(Owner(stage), value);

    private object Owner(Stage stage) => options is null ? stage : options.GetValue(stage) ?? throw new InvalidOperationException($"{options.Name} of {stage.GetType().Name} is null.");

    private string Text(object? value) => value is null && Absent is not null ? Absent : CanonicalText.Of(value);

    // A bound at the end of the number line says nothing to a reader.
    private static string Bound(object? bound) => bound switch
    {
        null or int.MaxValue or int.MinValue or long.MaxValue or long.MinValue or double.MaxValue or double.MinValue => "",
        double.PositiveInfinity or double.NegativeInfinity => "",
        _ => Convert.ToString(bound, CultureInfo.InvariantCulture) ?? "",
    };
}
