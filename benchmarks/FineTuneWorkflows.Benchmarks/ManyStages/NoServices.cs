namespace FineTuneWorkflows.Benchmarks.ManyStages;

/// <summary>A host that offers nothing.</summary>
internal sealed class NoServices : IServiceProvider
{
    public object? GetService(Type serviceType) => null;
}
