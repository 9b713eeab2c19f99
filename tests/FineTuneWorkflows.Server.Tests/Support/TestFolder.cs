namespace FineTuneWorkflows.Server.Tests.Support;

/// <summary>A folder of a test's own with a home and workflows, removed afterwards.</summary>
public sealed class TestFolder : IDisposable
{
    public TestFolder()
    {
        Path = Directory.CreateTempSubdirectory("finetune-server-").FullName;
        Directory.CreateDirectory(Workflows);
    }

    public string Path { get; }

    public string Home => System.IO.Path.Combine(Path, "home");

    public string Workflows => System.IO.Path.Combine(Path, "workflows");

    public string Log => System.IO.Path.Combine(Path, "executed.log");

    /// <summary>What the stages noted, in order.</summary>
    public string[] Executed => File.Exists(Log) ? File.ReadAllLines(Log) : [];

    public string Write(string name, string content)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, content);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
