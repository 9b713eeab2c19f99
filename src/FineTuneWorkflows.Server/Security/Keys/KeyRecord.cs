namespace FineTuneWorkflows.Server.Security.Keys;

/// <summary>An API key as the tables hold it, without the key.</summary>
/// <param name="Id">Its id, which is part of the key.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Scope">What it may do.</param>
/// <param name="Created">When it was made, ISO 8601.</param>
/// <param name="Revoked">When it was revoked; null where it holds.</param>
internal sealed record KeyRecord(string Id, string Name, string Scope, string Created, string? Revoked);
