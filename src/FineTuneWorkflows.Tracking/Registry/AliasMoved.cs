namespace FineTuneWorkflows.Tracking.Registry;

/// <summary>An alias was pointed to a version.</summary>
/// <param name="Time">When.</param>
/// <param name="Name">The registered model.</param>
/// <param name="Alias">The alias.</param>
/// <param name="Version">The version that it points to from now on.</param>
/// <param name="Before">The version that it pointed to before; null where the alias was new.</param>
public sealed record AliasMoved(DateTimeOffset Time, string Name, string Alias, int Version, int? Before) : RegistryEntry(Time, Name);
