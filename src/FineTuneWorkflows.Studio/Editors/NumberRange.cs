using System.Globalization;
using System.Text.Json;
using Elsa.Api.Client.Resources.ActivityDescriptors.Models;

namespace FineTuneWorkflows.Studio.Editors;

/// <summary>What numbers an input takes.</summary>
/// <param name="IsWhole">Whole numbers only.</param>
/// <param name="IsOptional">Empty is allowed.</param>
/// <param name="Minimum">The smallest, or null.</param>
/// <param name="Maximum">The largest, or null.</param>
internal sealed record NumberRange(bool IsWhole, bool IsOptional, double? Minimum, double? Maximum)
{
    /// <summary>Reads it from an input's UI specifications.</summary>
    public static NumberRange Of(InputDescriptor input)
    {
        object? told = null;
        input.UISpecifications?.TryGetValue(NumberHandler.Hint, out told);
        var specification = JsonSerializer.SerializeToElement(told);
        return specification.ValueKind != JsonValueKind.Object
            ? new(false, true, null, null)
            : new(Flag(specification, "isWhole"), Flag(specification, "isOptional"), Bound(specification, "minimum"), Bound(specification, "maximum"));
    }

    /// <summary>What is wrong with a text, or null.</summary>
    public string? ProblemOf(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return IsOptional ? null : "A number is needed.";
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
            return "This is no number; write 0.5 or 2e-5.";
        if (IsWhole && value != Math.Floor(value))
            return "A whole number is needed.";
        return value < Minimum || value > Maximum ? string.Create(CultureInfo.InvariantCulture, $"It must lie in {Minimum}..{Maximum}.") : null;
    }

    private static bool Flag(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static double? Bound(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
