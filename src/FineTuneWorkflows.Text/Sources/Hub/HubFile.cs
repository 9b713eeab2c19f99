namespace FineTuneWorkflows.Text.Sources.Hub;

/// <summary>A file of a snapshot.</summary>
/// <param name="Name">Its name in the repository.</param>
/// <param name="ETag">Its content's identity: the SHA-256 of a large file, git's SHA-1 of a small one.</param>
internal sealed record HubFile(string Name, string ETag);
