using System.Text.RegularExpressions;

namespace FineTuneWorkflows.Tracking.Registry;

/// <summary>The names that a registered model and its aliases may have, as MLflow's server rules: checked before a run starts.</summary>
public static partial class RegistryNames
{
    private const int LongestName = 256;
    private const int LongestAlias = 255;

    /// <summary>Refuses a name that MLflow would refuse.</summary>
    /// <exception cref="TrackingException">The name is empty, is <c>.</c> or begins with <c>..</c>, is longer than 256 characters, or has a
    /// <c>/</c>, <c>:</c>, <c>@</c> or control character.</exception>
    public static void CheckModel(string? name)
    {
        if (string.IsNullOrWhiteSpace(name)) throw new TrackingException("The name of a registered model must not be empty.");
        if (name.AsSpan().IndexOfAny('/', ':') >= 0)
            throw new TrackingException($"A registered model cannot be named '{name}': names must not contain '/' or ':'.");
        if (name == "." || name.StartsWith("..", StringComparison.Ordinal) || name.Any(char.IsControl))
            throw new TrackingException(
                $"A registered model cannot be named '{name}': it must not look like a folder ('.', '..') or contain control characters.");
        if (name.Contains('@', StringComparison.Ordinal))
            throw new TrackingException($"A registered model cannot be named '{name}': '@' sets the alias apart, as in sentiment@champion.");
        if (name.Length > LongestName)
            throw new TrackingException(
                $"The name of a registered model has {name.Length} characters ('{name[..40]}...'); at most {LongestName} are allowed.");
    }

    /// <summary>Refuses an alias that MLflow would refuse.</summary>
    /// <exception cref="TrackingException">The alias is empty, longer than 255 characters, <c>latest</c>, like <c>v1</c>, or has other than
    /// letters, digits, <c>_</c> and <c>-</c>.</exception>
    public static void CheckAlias(string? alias)
    {
        if (string.IsNullOrEmpty(alias)) throw new TrackingException("An alias must not be empty.");
        if (!Permitted().IsMatch(alias)) throw new TrackingException($"'{alias}' cannot be an alias: only letters, digits, '_' and '-' are allowed.");
        if (alias.Equals("latest", StringComparison.OrdinalIgnoreCase))
            throw new TrackingException($"'{alias}' cannot be an alias: it is reserved. The name without an alias stands for the latest version.");
        if (VersionLike().IsMatch(alias))
            throw new TrackingException($"'{alias}' cannot be an alias: it would look like a version number. Try 'release-{alias[1..]}'.");
        if (alias.Length > LongestAlias)
            throw new TrackingException(
                $"An alias of {alias.Length} characters ('{alias[..40]}...') is too long; at most {LongestAlias} are allowed.");
    }

    [GeneratedRegex(@"\A[\w\-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Permitted();

    [GeneratedRegex(@"\A[vV]\d+\z", RegexOptions.CultureInvariant)]
    private static partial Regex VersionLike();
}
