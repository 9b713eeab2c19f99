namespace FineTuneWorkflows.Cli.Tests.Fixture;

/// <summary>The repository that the tests run in.</summary>
internal static class Repository
{
    /// <summary>Its folder.</summary>
    public static string Folder
    {
        get
        {
            var at = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(at.FullName, "FineTuneWorkflows.sln")))
                at = at.Parent ?? throw new InvalidOperationException("The tests do not run below the repository.");
            return at.FullName;
        }
    }
}
