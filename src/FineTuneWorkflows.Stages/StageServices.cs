using FineTuneWorkflows.Pipelines.Homes;

namespace FineTuneWorkflows.Stages;

/// <summary>The services that the stages ask their host for, over one home. Each is made when it is first asked for.</summary>
public sealed class StageServices : IServiceProvider, IDisposable
{
    private readonly Home home;

    /// <summary>Makes the services of a home.</summary>
    public StageServices(Home home) => this.home = home;

    /// <inheritdoc />
    public object? GetService(Type serviceType) => serviceType == typeof(Home) ? home : null;

    /// <inheritdoc />
    public void Dispose()
    {
    }
}
