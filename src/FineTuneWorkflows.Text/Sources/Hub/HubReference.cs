using System.Text.RegularExpressions;

namespace FineTuneWorkflows.Text.Sources.Hub;

/// <summary>A model on the hub: <c>hf://owner/name</c>, <c>hf://name</c>, each with <c>@revision</c> (a branch, a tag or a commit).</summary>
/// <param name="Repository">The owner and the name, or the name of one of the old models that have no owner.</param>
/// <param name="Revision">The branch, tag or commit. Default <c>main</c>.</param>
public sealed partial record HubReference(string Repository, string Revision = "main")
{
    /// <summary>What a reference begins with.</summary>
    public const string Scheme = "hf://";

    /// <summary>Whether the revision is a commit, which never changes.</summary>
    public bool IsCommit => Commit().IsMatch(Revision);

    /// <summary>Whether a location is meant as a reference to the hub.</summary>
    /// <param name="location">The location.</param>
    public static bool Is(string location)
    {
        ArgumentNullException.ThrowIfNull(location);
        return location.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Reads a reference.</summary>
    /// <param name="location">The reference.</param>
    /// <exception cref="TextDataException">It is none (says what one looks like).</exception>
    public static HubReference Parse(string location)
    {
        ArgumentNullException.ThrowIfNull(location);
        var parts = Is(location) ? location[Scheme.Length..].Split('@', 2) : [];
        var sound = parts.Length > 0 && Name().IsMatch(parts[0]) && !parts[0].Contains("..", StringComparison.Ordinal)
            && (parts.Length == 1 || (RevisionName().IsMatch(parts[1]) && !parts[1].Contains("..", StringComparison.Ordinal)));
        return sound ? new HubReference(parts[0], parts.Length > 1 ? parts[1] : "main")
            : throw new TextDataException($"'{location}' is no model on the hub; write hf://owner/name or hf://owner/name@revision");
    }

    /// <summary>The reference as it is written.</summary>
    public override string ToString() => $"{Scheme}{Repository}@{Revision}";

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._-]{0,95}(/[A-Za-z0-9_][A-Za-z0-9._-]{0,95})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._/+-]{0,199}\z", RegexOptions.CultureInvariant)]
    private static partial Regex RevisionName();

    [GeneratedRegex(@"\A[0-9a-f]{40}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Commit();
}
