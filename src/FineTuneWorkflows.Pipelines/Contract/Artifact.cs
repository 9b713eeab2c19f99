namespace FineTuneWorkflows.Pipelines.Contract;

/// <summary>An immutable folder that a stage made.</summary>
/// <param name="Digest">SHA-256 of its manifest, lower-case hexadecimal.</param>
/// <param name="Path">Where its files lie. Read-only.</param>
public sealed record Artifact(string Digest, string Path)
{
    /// <summary>The full path of one of its files.</summary>
    public string File(string relativePath) => System.IO.Path.Combine(Path, relativePath);
}
