namespace FineTuneWorkflows.Text.Sources.Hub;

/// <summary>A file that the hub lists.</summary>
/// <param name="Name">Its name in the repository.</param>
/// <param name="Size">Its length in bytes; null where the server does not tell.</param>
internal sealed record HubEntry(string Name, long? Size);
