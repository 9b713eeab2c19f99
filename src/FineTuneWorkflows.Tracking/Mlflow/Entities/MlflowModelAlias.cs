namespace FineTuneWorkflows.Tracking.Mlflow.Entities;

/// <summary>An alias of a registered model.</summary>
/// <param name="Alias">The alias.</param>
/// <param name="Version">The version that it points to.</param>
public sealed record MlflowModelAlias(string Alias, string Version);
