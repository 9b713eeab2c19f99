namespace FineTuneWorkflows.Tracking.Registry;

/// <summary>Something that happened in the registry. All of it together, in order, is the registry.</summary>
/// <param name="Time">When.</param>
/// <param name="Name">The registered model.</param>
public abstract record RegistryEntry(DateTimeOffset Time, string Name);
