namespace FineTuneWorkflows.Tracking.Outbox;

/// <summary>What a model became on a server.</summary>
/// <param name="Version">The version's number there.</param>
/// <param name="Alias">The alias that was pointed to it; null where none was, or the server's champion is better.</param>
/// <param name="Note">What became of the alias, in words; null where there was none to move.</param>
public sealed record ServerVersion(string Version, string? Alias, string? Note);
