namespace FineTuneWorkflows.Tracking.Registry;

/// <summary>An alias was taken away.</summary>
/// <param name="Time">When.</param>
/// <param name="Name">The registered model.</param>
/// <param name="Alias">The alias.</param>
public sealed record AliasRemoved(DateTimeOffset Time, string Name, string Alias) : RegistryEntry(Time, Name);
