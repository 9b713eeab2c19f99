namespace FineTuneWorkflows.Text.Sources.Hub;

/// <summary>Where models of the hub are kept. Several homes, users' processes and machines that share the folder may use it at once.</summary>
public static class HubCacheFolder
{
    /// <summary>The variable that names the folder.</summary>
    public const string Variable = "FINETUNE_HUB_CACHE";

    /// <summary>
    /// The folder that <c>FINETUNE_HUB_CACHE</c> names; else <c>finetune/hub</c> in the user's folder for caches: <c>XDG_CACHE_HOME</c> or <c>~/.cache</c>, on
    /// Windows <c>%LOCALAPPDATA%</c>. Hugging Face's own cache has another layout and is neither read nor written.
    /// </summary>
    public static string FromEnvironment() => From(Environment.GetEnvironmentVariable);

    internal static string From(Func<string, string?> variable)
    {
        if (variable(Variable) is { } own && own.Trim().Length > 0) return Path.GetFullPath(own.Trim());
        var caches = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            // The XDG specification: a path that is not absolute is to be ignored.
            : variable("XDG_CACHE_HOME") is { } cache && Path.IsPathRooted(cache) ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(caches, "finetune", "hub");
    }
}
