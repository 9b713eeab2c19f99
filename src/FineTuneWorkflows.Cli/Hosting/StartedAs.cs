namespace FineTuneWorkflows.Cli.Hosting;

/// <summary>Finds out what a user must type to start this program again.</summary>
internal static class StartedAs
{
    /// <summary><c>finetune</c> where that is found on the path, else where this program's file lies, seen from the current folder.</summary>
    public static string CommandName()
    {
        var file = OperatingSystem.IsWindows() ? "finetune.exe" : "finetune";
        var path = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (path.Any(folder => File.Exists(Path.Combine(folder, file))))
            return "finetune";
        var own = Path.Combine(AppContext.BaseDirectory, file);
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, own);
        return relative.StartsWith("..", StringComparison.Ordinal) ? own
            : relative.Contains(Path.DirectorySeparatorChar) ? relative
            : $".{Path.DirectorySeparatorChar}{relative}";
    }
}
