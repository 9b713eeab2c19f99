namespace FineTuneWorkflows.Pipelines.Contract;

/// <summary>
/// Declares an artifact that a stage makes, by its name in the pipeline. A stage that consumes and produces the same name <em>transforms</em> it:
/// the stages below see its version, and where it is skipped by its condition, the version it would have read.
/// </summary>
/// <param name="artifact">The name, such as <c>dataset</c>.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class ProducesAttribute(string artifact) : Attribute
{
    /// <summary>The name, such as <c>dataset</c>.</summary>
    public string Artifact { get; } = artifact;
}
