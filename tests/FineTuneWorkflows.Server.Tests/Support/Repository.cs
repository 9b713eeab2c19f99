namespace FineTuneWorkflows.Server.Tests.Support;

/// <summary>Where the repository lies.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static string File(string relative) => Path.Combine(Root, relative);

    /// <summary>The server's program as it was built in this configuration.</summary>
    public static string ServerProgram
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            return Path.Combine(Root, "src", "FineTuneWorkflows.Server", "bin", folder.Parent!.Name, folder.Name, "finetune-server.dll");
        }
    }

    private static string Find(string folder) =>
        System.IO.File.Exists(Path.Combine(folder, "FineTuneWorkflows.sln")) ? folder : Find(Path.GetDirectoryName(folder.TrimEnd(Path.DirectorySeparatorChar))!);
}
