using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Fingerprints;

namespace FineTuneWorkflows.Pipelines.Execution;

/// <summary>Brings the remote inputs of a stage that is executed.</summary>
internal sealed class RemoteInputs(InputFileResolver resolver, string stage, Action<RunEvent> publish, TimeProvider time) : IProgress<Progress>
{
    /// <summary>All input files of a stage, those included that had to be brought.</summary>
    /// <exception cref="StageException">The files cannot be had.</exception>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<InputFile>>> BringAsync(FingerprintedStage found, CancellationToken cancellationToken)
    {
        if (found.Remote.Count == 0)
            return found.Files;
        var files = new Dictionary<string, IReadOnlyList<InputFile>>(found.Files, StringComparer.Ordinal);
        foreach (var remote in found.Remote)
        {
            if (await remote.Input.MissingAsync(remote.Pinned, cancellationToken).ConfigureAwait(false) is { } missing)
                publish(new StageNoted(time.GetUtcNow(), stage, $"downloading {missing}"));
            var folder = await remote.Input.FetchAsync(remote.Pinned, this, cancellationToken).ConfigureAwait(false);
            files[remote.Parameter] = resolver.Resolve(remote.Paths, folder, cancellationToken).Files;
        }

        return files;
    }

    public void Report(Progress value) => publish(new StageProgressed(time.GetUtcNow(), stage, value));
}
