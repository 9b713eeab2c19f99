using FineTuneWorkflows.Pipelines.Sources;
using FineTuneWorkflows.Text.Sources.Hub;

namespace FineTuneWorkflows.Server.Hosting;

/// <summary>Reads the list of folders and hosts that runs may read from.</summary>
internal static class SourceSettings
{
    private const string Advice = $"the server's setting {ServerSettings.AllowedSources} lists the folders and hosts";

    /// <param name="text">Folders and hosts with commas between them, or <c>*</c> for everything that the server's user may read; null for the default.</param>
    /// <param name="workflows">The workflows folder.</param>
    /// <exception cref="ServerException">A folder cannot be followed, or an entry is neither a folder nor a host.</exception>
    public static AllowedSources Read(string? text, string workflows)
    {
        if (text?.Trim() == "*")
            return AllowedSources.Everything;
        string[] entries = text is null
            ? [workflows, Path.Combine(workflows, "..", "data"), HubHost()]
            : text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (entries.FirstOrDefault(e => !Path.IsPathRooted(e) && !IsHost(e)) is { } wrong)
            throw new ServerException($"the setting {ServerSettings.AllowedSources} lists folders, as whole paths, and hosts such as data.example.org or *.example.org, with commas between them, or is * for everything; got '{wrong}'");
        try
        {
            return AllowedSources.Of(entries.Where(Path.IsPathRooted), entries.Where(e => !Path.IsPathRooted(e)), Advice);
        }
        catch (IOException e)
        {
            throw new ServerException($"the setting {ServerSettings.AllowedSources}: {e.Message}", e);
        }
    }

    // A folder of that name in the current one was meant as a folder.
    private static bool IsHost(string entry) =>
        Uri.CheckHostName(entry.StartsWith("*.", StringComparison.Ordinal) ? entry[2..] : entry) != UriHostNameType.Unknown && !Directory.Exists(entry);

    private static string HubHost() => Uri.TryCreate(HubOptions.FromEnvironment().Endpoint, UriKind.Absolute, out var hub) ? hub.Host : HubOptions.FromEnvironment().Endpoint;
}
