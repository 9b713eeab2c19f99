using System.Text.RegularExpressions;

namespace FineTuneWorkflows.Pipelines.Contract;

/// <summary>A secret as definitions hold it: the name of an environment variable, <c>${env:NAME}</c>, never the value.</summary>
public static partial class EnvironmentReference
{
    /// <summary>Whether the text is one whole reference.</summary>
    public static bool Is(string text) => Pattern().IsMatch(text);

    /// <summary>The variable's value, for use at once.</summary>
    /// <param name="parameter">Named in the error.</param>
    /// <param name="reference"><c>${env:NAME}</c></param>
    /// <exception cref="StageException">It is no reference, or the variable is not set. The message never holds a value.</exception>
    public static string Resolve(string parameter, string reference)
    {
        var match = Pattern().Match(reference);
        if (!match.Success)
            throw new StageException($"parameter {parameter} is a secret and must be an environment reference such as ${{env:TOKEN}}");
        var name = match.Groups["name"].Value;
        return Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
            ? value
            : throw new StageException($"parameter {parameter} refers to the environment variable {name}, which is not set");
    }

    [GeneratedRegex(@"^\$\{env:(?<name>[A-Za-z_][A-Za-z0-9_]*)\}$", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
