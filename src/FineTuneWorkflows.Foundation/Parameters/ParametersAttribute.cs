namespace FineTuneWorkflows.Foundation.Parameters;

/// <summary>
/// Marks a property of a stage that holds options whose own properties, marked <see cref="ParameterAttribute"/>, are parameters of the stage, by their own names. So an option is declared once,
/// with its range, default and description, where it is used.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ParametersAttribute : Attribute
{
    /// <summary>The names of options that the stage does not offer. Default: none.</summary>
    public string[] Except { get; init; } = [];
}
