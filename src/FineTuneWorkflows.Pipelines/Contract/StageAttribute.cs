namespace FineTuneWorkflows.Pipelines.Contract;

/// <summary>Names a stage as workflow definitions do.</summary>
/// <param name="type">The activity type, <c>FineTune.&lt;Name&gt;</c>.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class StageAttribute(string type) : Attribute
{
    /// <summary>The activity type, <c>FineTune.&lt;Name&gt;</c>.</summary>
    public string Type { get; } = type;

    /// <summary>
    /// Counts up when the stage's code changes what it makes of the same inputs; part of the fingerprint. Default: 1.
    /// </summary>
    public int Version { get; init; } = 1;

    /// <summary>One or two sentences for the toolbox, the CLI's help and the docs.</summary>
    public string Description { get; init; } = "";
}
