namespace FineTuneWorkflows.Pipelines.Contract;

/// <summary>A file, a folder or a glob outside the artifact store that a stage reads. One parameter may name several.</summary>
/// <param name="Parameter">The parameter that names it.</param>
/// <param name="Path">
/// A file, a folder (all files below it, hidden ones left out) or a glob (<c>*</c>, <c>?</c>, <c>**</c>). A relative one counts from the definition's folder, or, where a
/// user gave it on the command line, from the current one.
/// </param>
/// <param name="Optional">Whether it may be missing. Default: false.</param>
/// <param name="Advice">What else the parameter could be, for the message that says it is missing; null for nothing.</param>
public sealed record InputPath(string Parameter, string Path, bool Optional = false, string? Advice = null)
{
    /// <summary>
    /// Where the files come from when the stage is executed; the path counts from the folder that they are brought to. All paths of one parameter have the same one. Default: null, they
    /// are on this machine.
    /// </summary>
    public IRemoteInput? Remote { get; init; }
}
