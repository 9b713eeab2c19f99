namespace FineTuneWorkflows.Pipelines.Contract;

/// <summary>Declares an artifact that a stage reads, by its name in the pipeline.</summary>
/// <param name="artifact">The name, such as <c>dataset</c>.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class ConsumesAttribute(string artifact) : Attribute
{
    /// <summary>The name, such as <c>dataset</c>.</summary>
    public string Artifact { get; } = artifact;

    /// <summary>Whether the stage also works where nothing upstream makes this artifact. Default: false.</summary>
    public bool Optional { get; init; }
}
