namespace FineTuneWorkflows.Tracking.Registry;

/// <summary>What the registry's entries come to: versions by name, and where aliases point.</summary>
internal sealed class RegistryState
{
    private readonly SortedDictionary<string, SortedDictionary<int, VersionRegistered>> _models = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SortedDictionary<string, int>> _aliases = new(StringComparer.Ordinal);

    public RegistryState(IEnumerable<RegistryEntry> entries)
    {
        foreach (var entry in entries) Add(entry);
    }

    /// <summary>The names of the registered models, sorted.</summary>
    public IReadOnlyCollection<string> Names => _models.Keys;

    /// <summary>All versions: by name, then newest first.</summary>
    public IEnumerable<ModelVersion> Versions => _models.Values.SelectMany(versions => versions.Values.Reverse()).Select(Of);

    /// <summary>The number of a model's latest version; 0 where it has none.</summary>
    public int Latest(string name) => _models.TryGetValue(name, out var versions) ? versions.Keys.Last() : 0;

    public ModelVersion? Find(string name, int version) =>
        _models.TryGetValue(name, out var versions) && versions.TryGetValue(version, out var found) ? Of(found) : null;

    public ModelVersion? FindDigest(string name, string digest) =>
        _models.TryGetValue(name, out var versions) && versions.Values.FirstOrDefault(version => version.Digest == digest) is { } found ? Of(found) : null;

    public ModelVersion? FindAlias(string name, string alias) => AliasesOf(name).TryGetValue(alias, out var version) ? Find(name, version) : null;

    /// <summary>A model's aliases, sorted, with the versions that they point to.</summary>
    public IReadOnlyDictionary<string, int> AliasesOf(string name) => _aliases.TryGetValue(name, out var aliases) ? aliases : new SortedDictionary<string, int>();

    /// <summary>The digests of all models and of their data.</summary>
    public IEnumerable<string> Digests => _models.Values.SelectMany(versions => versions.Values).SelectMany(version => version.DataDigests.Prepend(version.Digest));

    private void Add(RegistryEntry entry)
    {
        switch (entry)
        {
            case VersionRegistered version:
                if (!_models.TryGetValue(version.Name, out var versions)) _models[version.Name] = versions = [];
                versions.TryAdd(version.Version, version);
                break;
            case AliasMoved moved:
                if (!_aliases.TryGetValue(moved.Name, out var aliases)) _aliases[moved.Name] = aliases = new(StringComparer.Ordinal);
                aliases[moved.Alias] = moved.Version;
                break;
            case AliasRemoved removed:
                if (_aliases.TryGetValue(removed.Name, out var left)) left.Remove(removed.Alias);
                break;
        }
    }

    private ModelVersion Of(VersionRegistered version) => new(
        version.Name, version.Version, version.Digest, version.RunId, version.Description, version.Time,
        new SortedDictionary<string, double>(version.Metrics.ToDictionary(), StringComparer.Ordinal),
        [.. version.DataDigests.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        [.. AliasesOf(version.Name).Where(alias => alias.Value == version.Version).Select(alias => alias.Key)]);
}
