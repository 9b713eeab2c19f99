namespace FineTuneWorkflows.Tracking.Registry;

/// <summary>What a server said of the version that an alias points to.</summary>
/// <param name="Server">The server's address.</param>
/// <param name="Champion">The version; null where the alias points to none, or the server did not answer.</param>
/// <param name="Fault">Why the server did not answer; null where it did.</param>
public sealed record SharedChampion(string Server, SharedVersion? Champion, string? Fault = null);
