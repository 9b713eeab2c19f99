using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Pipelines.Graphs;

/// <summary>A stage with its parameters bound.</summary>
/// <param name="stage">The stage.</param>
internal sealed class BoundStage(Stage stage)
{
    /// <summary>The stage.</summary>
    public Stage Stage => stage;

    /// <summary>For each parameter that was set, what a relative path in it counts from.</summary>
    public Dictionary<string, string> Folders { get; } = new(StringComparer.Ordinal);

    /// <summary>The parameters whose values the user gave, by a property or by the parameter's own name.</summary>
    public HashSet<string> Given { get; } = new(StringComparer.Ordinal);

    /// <summary>Those of them that were given by their own name.</summary>
    public HashSet<string> GivenByName { get; } = new(StringComparer.Ordinal);
}
