using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Stages;

/// <summary>The stages that this product comes with.</summary>
public static class FineTuneStages
{
    /// <summary>All of them.</summary>
    public static StageCatalog Catalog { get; } = new();
}
