namespace FineTuneWorkflows.Pipelines.Sources;

/// <summary>
/// The folders and hosts that stages may read from. A command reads whatever its user may read; a server, whose runs are started by others, has a list. Symbolic links count as what they lead to.
/// </summary>
public sealed class AllowedSources
{
    private readonly string[]? folders;
    private readonly string[] hosts;

    private AllowedSources(string[]? folders, string[] hosts, string advice)
    {
        this.folders = folders;
        this.hosts = hosts;
        Advice = advice;
    }

    /// <summary>No limits.</summary>
    public static AllowedSources Everything { get; } = new(null, [], "");

    /// <summary>Whether there are no limits.</summary>
    public bool IsEverything => folders is null;

    /// <summary>Says where the list is set, for the message that refuses something.</summary>
    public string Advice { get; }

    /// <summary>A list.</summary>
    /// <param name="folders">Folders; all below them is allowed. One that does not exist allows nothing.</param>
    /// <param name="hosts">Hosts, such as <c>data.example.org</c>, or <c>*.example.org</c> for those below a domain.</param>
    /// <param name="advice">Says where the list is set, for the message that refuses something.</param>
    /// <exception cref="IOException">A folder's symbolic links form a loop.</exception>
    public static AllowedSources Of(IEnumerable<string> folders, IEnumerable<string> hosts, string advice) =>
        new([.. folders.Select(LinkFreePath.Of)], [.. hosts], advice);

    /// <summary>Whether a file or folder may be read. It need not exist: what is refused is refused either way, so that the answer tells nothing of what there is.</summary>
    /// <param name="path">Its path.</param>
    public bool AllowsPath(string path)
    {
        if (folders is null)
            return true;
        string real;
        try
        {
            real = LinkFreePath.Of(path);
        }
        catch (IOException)
        {
            // A loop of links leads nowhere, so to no allowed folder either.
            return false;
        }

        var comparison = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return folders.Any(folder => real.Equals(folder, comparison) || real.StartsWith(Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, comparison));
    }

    /// <summary>Whether something may be read from a host.</summary>
    /// <param name="host">Its name or address, without a port.</param>
    public bool AllowsHost(string host) => folders is null || hosts.Any(allowed =>
        allowed.StartsWith("*.", StringComparison.Ordinal) ? host.EndsWith(allowed[1..], StringComparison.OrdinalIgnoreCase) : host.Equals(allowed, StringComparison.OrdinalIgnoreCase));
}
