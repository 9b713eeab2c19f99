namespace FineTuneWorkflows.Text.Sources.Hub;

/// <summary>What the hub says of a revision.</summary>
/// <param name="Commit">The commit, 40 hexadecimal digits.</param>
/// <param name="Files">The names of its files.</param>
internal sealed record HubModel(string Commit, IReadOnlyList<string> Files);
