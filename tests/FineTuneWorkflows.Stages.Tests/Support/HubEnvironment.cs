using FineTuneWorkflows.Text.Sources.Hub;

namespace FineTuneWorkflows.Stages.Tests.Support;

/// <summary>The variables of the hub, set for tests that are in the collection of that name, which therefore run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class HubEnvironment : IDisposable
{
    public const string Name = "Hub";

    private static readonly string[] Variables = ["HF_ENDPOINT", "HF_TOKEN", "HF_HUB_OFFLINE", HubCacheFolder.Variable];

    private readonly List<(string Name, string? Value)> before = [.. Variables.Select(v => (v, Environment.GetEnvironmentVariable(v)))];

    public static void Set(string endpoint, string cacheFolder, string? token = null, bool offline = false)
    {
        foreach (var (name, value) in Variables.Zip<string, string?>([endpoint, token, offline ? "1" : null, cacheFolder]))
            Environment.SetEnvironmentVariable(name, value);
    }

    public void Dispose()
    {
        foreach (var (name, value) in before)
            Environment.SetEnvironmentVariable(name, value);
    }
}
