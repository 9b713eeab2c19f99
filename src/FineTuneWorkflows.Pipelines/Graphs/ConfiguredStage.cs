using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Pipelines.Graphs;

/// <summary>A stage with its parameters bound: all that its execution asks of it, wherever it stands in a graph.</summary>
/// <param name="Name">Its name in the definition.</param>
/// <param name="Descriptor">What is known of its type.</param>
/// <param name="Stage">The stage with its parameters bound.</param>
/// <param name="Folders">For each parameter that was set, what a relative path in it counts from; for the others it is what the request says.</param>
public record ConfiguredStage(string Name, StageDescriptor Descriptor, Stage Stage, IReadOnlyDictionary<string, string> Folders)
{
    private static readonly Dictionary<string, string> NoFolders = [];

    /// <summary>Makes one all of whose relative paths count from the same folder.</summary>
    /// <param name="name">Its name in the definition.</param>
    /// <param name="descriptor">What is known of its type.</param>
    /// <param name="stage">The stage with its parameters bound.</param>
    public ConfiguredStage(string name, StageDescriptor descriptor, Stage stage)
        : this(name, descriptor, stage, NoFolders)
    {
    }
}
