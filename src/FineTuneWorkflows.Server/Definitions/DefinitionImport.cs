namespace FineTuneWorkflows.Server.Definitions;

/// <summary>What was last done with a definition's file.</summary>
/// <param name="DefinitionId">The definition.</param>
/// <param name="File">Its file's name in the workflows folder.</param>
/// <param name="FileSha256">The digest of the file when it was last looked at.</param>
/// <param name="Version">The version that was published from it; 0 where none was.</param>
/// <param name="IsPending">Whether the file has changed while the designer's version stays.</param>
internal sealed record DefinitionImport(string DefinitionId, string File, string FileSha256, int Version, bool IsPending);
