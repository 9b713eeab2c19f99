namespace FineTuneWorkflows.Text.Sources.Hub;

/// <summary>What a snapshot in the cache holds; written when it is whole.</summary>
internal sealed record HubSnapshot
{
    public required IReadOnlyList<HubFile> Files { get; init; }
}
