namespace FineTuneWorkflows.Pipelines.Contract;

/// <summary>The stages that a host offers.</summary>
public sealed class StageCatalog
{
    private readonly Dictionary<string, StageDescriptor> byType;

    /// <summary>Makes a catalog of the given stage classes.</summary>
    /// <exception cref="ArgumentException">A class is no stage, or two have the same type.</exception>
    public StageCatalog(params IEnumerable<Type> stageTypes)
    {
        Stages = [.. stageTypes.Select(StageDescriptor.Of)];
        byType = Stages.ToDictionary(s => s.Type, StringComparer.Ordinal);
    }

    /// <summary>The descriptors, in the order given.</summary>
    public IReadOnlyList<StageDescriptor> Stages { get; }

    /// <summary>The descriptor of that type, or null.</summary>
    public StageDescriptor? Find(string type) => byType.GetValueOrDefault(type);

    /// <summary>The descriptor whose type or short name this is, whatever its case, or null.</summary>
    public StageDescriptor? FindByName(string name) => Stages.FirstOrDefault(s =>
        s.Name.Equals(name, StringComparison.OrdinalIgnoreCase) || s.Type.Equals(name, StringComparison.OrdinalIgnoreCase));
}
