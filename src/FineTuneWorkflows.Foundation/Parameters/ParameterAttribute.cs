namespace FineTuneWorkflows.Foundation.Parameters;

/// <summary>
/// Marks a property as a parameter: of a stage, or of the options that a stage takes as they are (<see cref="ParametersAttribute"/>). Its default is the property's value in a freshly made
/// stage; ranges and the like are <see cref="System.ComponentModel.DataAnnotations.ValidationAttribute"/>s beside it.
/// </summary>
/// <param name="description">What it does, with its unit.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ParameterAttribute(string description) : Attribute
{
    /// <summary>What it does, with its unit.</summary>
    public string Description { get; } = description;

    /// <summary>The group it is listed under. Default: <c>General</c>.</summary>
    public string Category { get; init; } = "General";

    /// <summary>Its place among the stage's parameters; equal ones keep the order of declaration. Default: 0.</summary>
    public int Order { get; init; }

    /// <summary>
    /// Whether the value can change what the stage makes, and so belongs to the fingerprint. False for such as a thread count or a time-out. Default: true.
    /// </summary>
    public bool AffectsResult { get; init; } = true;

    /// <summary>
    /// Whether it is a credential. Such a value must be an environment reference (<c>${env:NAME}</c>), is resolved at use only, and never belongs to
    /// the fingerprint. Default: false.
    /// </summary>
    public bool Secret { get; init; }

    /// <summary>The parameter without which this one has no effect: its name, where it must be set, or <c>Name=Value</c>, where it must have that value. Default: none.</summary>
    public string? AppliesWith { get; init; }

    /// <summary>What definitions and lists call no value, such as <c>Auto</c>, where the property is a nullable enumeration. Default: none; no value is empty.</summary>
    public string? Absent { get; init; }

    /// <summary>Whether a designer should offer several lines. Default: false.</summary>
    public bool MultiLine { get; init; }
}
