namespace FineTuneWorkflows.Tracking.Registry;

/// <summary>A version of a registered model as a server knows it.</summary>
/// <param name="Server">The server's address.</param>
/// <param name="Version">The version with its number there and what is known of its metrics; its digest is empty where it was not registered by this program.</param>
/// <param name="TestData">The digest of the data that it was tested on; null where that is not known.</param>
public sealed record SharedVersion(string Server, ModelVersion Version, string? TestData);
