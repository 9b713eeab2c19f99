using System.ComponentModel.DataAnnotations;

namespace FineTuneWorkflows.Pipelines.Contract;

/// <summary>
/// The only texts that a parameter takes, where they are no enumeration's names (<c>validation/loss</c>). <see cref="AllowedValuesAttribute"/> does the same, but looks its message up in resources as soon
/// as it is read, which every start of the program would pay for.
/// </summary>
/// <param name="values">The texts, as they must be written.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ChoicesAttribute(params string[] values) : ValidationAttribute("must be one of the texts it lists")
{
    /// <summary>The texts.</summary>
    public IReadOnlyList<string> Values => values;

    /// <inheritdoc />
    public override bool IsValid(object? value) => value is string text && Array.IndexOf(values, text) >= 0;
}
