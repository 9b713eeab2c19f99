namespace FineTuneWorkflows.Tracking.Registry;

/// <summary>Whether an alias was moved.</summary>
/// <param name="Moved">True when the alias points to the candidate now, also where it did before.</param>
/// <param name="Before">The version that the alias pointed to before, here; null for none.</param>
/// <param name="Gate">What the gate said; null where there was none.</param>
public sealed record Promotion(bool Moved, ModelVersion? Before, GateResult? Gate);
