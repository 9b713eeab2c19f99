using System.ComponentModel.DataAnnotations;

namespace FineTuneWorkflows.Stages.Validation;

/// <summary>The value is <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:n</c>. Written out, because a run with nothing to do would spend a tenth of its time on starting the regular expression engine.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DeviceNameAttribute() : ValidationAttribute("must be auto, cpu, cuda or cuda:n")
{
    private const string Numbered = "cuda:";

    /// <inheritdoc />
    public override bool IsValid(object? value) =>
        value is "auto" or "cpu" or "cuda"
        || (value is string text && text.StartsWith(Numbered, StringComparison.Ordinal) && text.Length is > 5 and < 9 && text.AsSpan(Numbered.Length).IndexOfAnyExceptInRange('0', '9') < 0);
}
