namespace FineTuneWorkflows.Server.Tests.Support;

/// <summary>Where the repository lies.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static string File(string relative) => Path.Combine(Root, relative);

    /// <summary>How this was built: Release or Debug.</summary>
    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>The name of the framework's folder.</summary>
    public static string Framework { get; } = new DirectoryInfo(AppContext.BaseDirectory).Name;

    /// <summary>The server's program as it was built in this configuration.</summary>
    public static string ServerProgram { get; } = Path.Combine(Root, "src", "FineTuneWorkflows.Server", "bin", Configuration, Framework, "finetune-server.dll");

    private static string Find(string folder) =>
        System.IO.File.Exists(Path.Combine(folder, "FineTuneWorkflows.sln")) ? folder : Find(Path.GetDirectoryName(folder.TrimEnd(Path.DirectorySeparatorChar))!);
}
