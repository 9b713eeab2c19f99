using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Stages.RegisterModel;
using FineTuneWorkflows.Tracking.Mlflow;
using FineTuneWorkflows.Tracking.Registry;
using FineTuneWorkflows.Tracking.Store;

namespace FineTuneWorkflows.Stages;

/// <summary>The services that the stages ask their host for, over one home. Each is made when it is first asked for.</summary>
public sealed class StageServices : IServiceProvider, IDisposable
{
    private readonly Lazy<TrackingStore> store;
    private readonly Lazy<ModelRegistry> registry;
    private readonly SharedRegistry shared;

    /// <summary>Makes the services of a home.</summary>
    /// <param name="home">The home.</param>
    /// <param name="server">The tracking server whose champions count; asked when it is first needed. Default: none.</param>
    public StageServices(Home home, Func<MlflowOptions?>? server = null)
    {
        shared = new(server ?? (() => null));
        Home = home;
        store = new(() => TrackingStore.Open(home.StateDatabase));
        registry = new(() => new ModelRegistry(home.Registry, new RegistryRebuild(home, TablesOf).Entries, home.IsReadOnly));
    }

    /// <summary>The home.</summary>
    public Home Home { get; }

    /// <summary>The run index and the tracking outbox.</summary>
    public TrackingStore Store => store.Value;

    /// <summary>The registered models.</summary>
    public ModelRegistry Registry => registry.Value;

    /// <inheritdoc />
    public object? GetService(Type serviceType) =>
        serviceType == typeof(Home) ? Home
        : serviceType == typeof(TrackingStore) ? Store
        : serviceType == typeof(ModelRegistry) ? Registry
        : serviceType == typeof(SharedRegistry) ? shared
        : null;

    // Opening the database makes files, and makes it where it is not.
    private TrackingStore? TablesOf() => !Home.IsReadOnly && File.Exists(Home.StateDatabase) ? Store : null;

    /// <inheritdoc />
    public void Dispose()
    {
        if (store.IsValueCreated)
            store.Value.Dispose();
    }
}
