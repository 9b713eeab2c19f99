using FineTuneWorkflows.Tracking.Mlflow;

namespace FineTuneWorkflows.Tracking.Tests.Mlflow;

/// <summary>The servers that the contract tests run against: the fake one, and a real one where MLFLOW_TRACKING_URI names it.</summary>
internal sealed class ContractServer : IAsyncDisposable
{
    private readonly FakeMlflow? _fake;

    private ContractServer(FakeMlflow? fake, MlflowOptions options) => (_fake, Options, Client) = (fake, options, new MlflowClient(options));

    public static TheoryData<string> All => MlflowOptions.FromEnvironment() is null ? ["fake"] : ["fake", "real"];

    public MlflowOptions Options { get; }

    public FakeMlflow? Fake => _fake;

    public MlflowClient Client { get; }

    /// <summary>A name that no test before has used on a server that lasts.</summary>
    public static string Unique(string name) => $"{name}-{Guid.NewGuid():N}";

    public static ContractServer Open(string kind)
    {
        if (kind == "real") return new(null, MlflowOptions.FromEnvironment()!);
        var fake = new FakeMlflow();
        return new(fake, new MlflowOptions { TrackingUri = fake.Uri });
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_fake is not null) await _fake.DisposeAsync();
    }
}
