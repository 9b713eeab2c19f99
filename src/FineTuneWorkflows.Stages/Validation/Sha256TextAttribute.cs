using System.ComponentModel.DataAnnotations;

namespace FineTuneWorkflows.Stages.Validation;

/// <summary>The value is empty or a SHA-256 in hexadecimal.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class Sha256TextAttribute() : ValidationAttribute("must be 64 hexadecimal digits")
{
    /// <inheritdoc />
    public override bool IsValid(object? value) => value is "" || (value is string { Length: 64 } text && text.All(char.IsAsciiHexDigit));
}
