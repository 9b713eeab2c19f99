namespace FineTuneWorkflows.Pipelines.Contract;

/// <summary>
/// Files that a stage reads and that lie on another machine, under a name whose meaning may change, such as a branch. Planning only asks what the name means now; the
/// files are brought when the stage is executed. One run asks once: all its stages, and its resumption, have the same answer.
/// </summary>
public interface IRemoteInput
{
    /// <summary>The name as the user wrote it.</summary>
    string Reference { get; }

    /// <summary>The machine that is asked, such as <c>huggingface.co</c>.</summary>
    string Host { get; }

    /// <summary>Finds out what the name means now. Brings no files.</summary>
    /// <param name="cancellationToken">Ends the asking.</param>
    /// <returns>A name that never means anything else, such as <c>hf://owner/name@commit</c>. It is what the fingerprint has of the files.</returns>
    /// <exception cref="StageException">There is no such thing, or the other machine does not answer.</exception>
    Task<string> PinAsync(CancellationToken cancellationToken);

    /// <summary>Finds out what of it is not on this machine yet. Brings no files.</summary>
    /// <param name="pinned">What <see cref="PinAsync"/> gave, now or in an earlier process.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    /// <returns>What is missing; null where nothing is.</returns>
    /// <exception cref="StageException">The files cannot be had.</exception>
    Task<RemoteDownload?> MissingAsync(string pinned, CancellationToken cancellationToken);

    /// <summary>Brings the files where they are not on this machine yet.</summary>
    /// <param name="pinned">What <see cref="PinAsync"/> gave, now or in an earlier process.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="cancellationToken">Stops it; what was brought is kept for the next time where that is possible.</param>
    /// <returns>The folder that the files lie in.</returns>
    /// <exception cref="StageException">The files cannot be had, or not be stored.</exception>
    Task<string> FetchAsync(string pinned, IProgress<Progress> progress, CancellationToken cancellationToken);
}
