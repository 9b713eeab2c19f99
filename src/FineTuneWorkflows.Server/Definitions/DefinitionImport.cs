namespace FineTuneWorkflows.Server.Definitions;

/// <summary>What was last done with a definition's file.</summary>
/// <param name="DefinitionId">The definition.</param>
/// <param name="File">Its file's name in the workflows folder.</param>
/// <param name="FileSha256">The digest of the file when it was last looked at; empty where it is gone.</param>
/// <param name="Version">The version that was published from it; 0 where none was.</param>
/// <param name="IsPending">Whether the file has changed while the designer's version stays.</param>
internal sealed record DefinitionImport(string DefinitionId, string File, string FileSha256, int Version, bool IsPending)
{
    /// <summary>Whether the file was deleted.</summary>
    public bool IsFileGone => FileSha256.Length == 0;

    /// <summary>The same after its file was deleted: should it come back, whatever is in it counts as changed.</summary>
    public DefinitionImport WithoutFile() => this with { FileSha256 = "", IsPending = false };
}
