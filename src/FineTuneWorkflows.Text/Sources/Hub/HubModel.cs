namespace FineTuneWorkflows.Text.Sources.Hub;

/// <summary>What the hub says of a revision.</summary>
/// <param name="Commit">The commit, 40 hexadecimal digits.</param>
/// <param name="Files">Its files.</param>
internal sealed record HubModel(string Commit, IReadOnlyList<HubEntry> Files)
{
    /// <summary>Whether there is a file of that name.</summary>
    public bool Has(string name) => Files.Any(f => f.Name == name);

    /// <summary>The length of several files together; null where one of theirs is not known.</summary>
    public long? SizeOf(IEnumerable<string> names)
    {
        var sizes = names.Select(SizeOf).ToList();
        return sizes.Contains(null) ? null : sizes.Sum();
    }

    /// <summary>A file's length; null where it is not known.</summary>
    public long? SizeOf(string name) => Files.FirstOrDefault(f => f.Name == name)?.Size;
}
