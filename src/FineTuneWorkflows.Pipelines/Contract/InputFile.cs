namespace FineTuneWorkflows.Pipelines.Contract;

/// <summary>A file that an <see cref="InputPath"/> was resolved to.</summary>
/// <param name="FullPath">Where it lies.</param>
/// <param name="RelativePath">Its place below the folder or the glob's fixed part, with <c>/</c>; a single file's name.</param>
/// <param name="Sha256">Its content's digest, lower-case hexadecimal.</param>
/// <param name="Length">Its size in bytes.</param>
public sealed record InputFile(string FullPath, string RelativePath, string Sha256, long Length);
