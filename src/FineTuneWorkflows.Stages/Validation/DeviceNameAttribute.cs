using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace FineTuneWorkflows.Stages.Validation;

/// <summary>The value is <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:n</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed partial class DeviceNameAttribute() : ValidationAttribute("must be auto, cpu, cuda or cuda:n")
{
    /// <inheritdoc />
    public override bool IsValid(object? value) => value is string text && Device().IsMatch(text);

    [GeneratedRegex(@"\A(auto|cpu|cuda(:[0-9]{1,3})?)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Device();
}
