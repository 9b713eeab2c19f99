using System.Globalization;

namespace FineTuneWorkflows.Learning.Models.Configuration;

/// <summary>Refuses settings, under the name that the family has for them.</summary>
/// <param name="source">Where the configuration came from.</param>
/// <param name="fieldNames">The family's own names of fields.</param>
internal sealed class ConfigCheck(string source, IReadOnlyDictionary<string, string?> fieldNames)
{
    public void Positive(int value, string name) => Require(value > 0, name, value, "it must be 1 or more");

    public void Probability(double value, string name) => Require(value is >= 0 and < 1, name, value, "it must be 0 or more and below 1");

    public void Require(bool condition, string name, object? value, string right)
    {
        if (!condition)
            throw new ModelException(string.Create(
                CultureInfo.InvariantCulture, $"{source}: {fieldNames.GetValueOrDefault(name) ?? name} is {value ?? "null"}; {right}."));
    }
}
