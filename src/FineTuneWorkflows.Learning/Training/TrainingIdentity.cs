using System.Globalization;
using System.Reflection;
using FineTuneWorkflows.Foundation.Digests;
using FineTuneWorkflows.Foundation.Parameters;

namespace FineTuneWorkflows.Learning.Training;

/// <summary>What decides a training's result, so that a checkpoint of another training is told apart, and how it differs.</summary>
internal static class TrainingIdentity
{
    private const int LongestShown = 60;

    /// <summary>Everything by name: the options but for those that may change between an interruption and the resumption, and what the task says of model and data.</summary>
    public static SortedDictionary<string, string> Of(TrainingOptions options, ITrainingTask task)
    {
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in task.Describe())
            settings.Add(name, value);
        // Options that do not affect the result change no number on the CPU, or their change is said when a training is resumed.
        foreach (PropertyInfo property in typeof(TrainingOptions).GetProperties().Where(property => property.GetCustomAttribute<ParameterAttribute>() is not { AffectsResult: false }))
            settings.Add(property.Name, Convert.ToString(property.GetValue(options), CultureInfo.InvariantCulture) is { Length: > 0 } value ? value : "empty");
        return settings;
    }

    /// <summary>The digest of all of it.</summary>
    public static string Digest(IReadOnlyDictionary<string, string> settings) => Digest(string.Join('\n', settings.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"{s.Key}={s.Value}")));

    /// <summary>The SHA-256 of a text, in lower-case hexadecimal.</summary>
    public static string Digest(string text) => ContentDigest.Of(text);

    /// <summary>How two trainings differ, in words.</summary>
    public static string Difference(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> now)
    {
        var differences = from name in before.Keys.Union(now.Keys).Order(StringComparer.Ordinal)
                          let values = (Before: before.GetValueOrDefault(name, "none"), Now: now.GetValueOrDefault(name, "none"))
                          where values.Before != values.Now
                          select Math.Max(values.Before.Length, values.Now.Length) > LongestShown ? $"{name} differ" : $"{name} was {values.Before} and is {values.Now}";
        return string.Join(", ", differences);
    }
}
