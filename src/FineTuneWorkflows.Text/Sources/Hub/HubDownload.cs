namespace FineTuneWorkflows.Text.Sources.Hub;

/// <summary>What is not in the cache folder yet.</summary>
/// <param name="Commit">The commit, 40 hexadecimal digits.</param>
/// <param name="Bytes">How much there is to download; null where the hub names no sizes. Parts of files that an interrupted download left count as missing.</param>
public sealed record HubDownload(string Commit, long? Bytes);
