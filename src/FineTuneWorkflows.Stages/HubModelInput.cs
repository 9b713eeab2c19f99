using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Text;
using FineTuneWorkflows.Text.Sources.Hub;

namespace FineTuneWorkflows.Stages;

/// <summary>A model of the Hugging Face Hub as a stage's input: its branch is pinned to the commit that it means when a run begins with it, and its files are downloaded when the stage is executed.</summary>
/// <param name="parameter">The parameter that names it.</param>
/// <param name="reference">The parameter's value, <c>hf://owner/name[@revision]</c>.</param>
/// <param name="selection">Which of its files the stage reads.</param>
internal sealed class HubModelInput(string parameter, string reference, HubSelection selection) : IRemoteInput
{
    public string Reference => reference;

    public string Host => Uri.TryCreate(HubOptions.FromEnvironment().Endpoint, UriKind.Absolute, out var endpoint) ? endpoint.Host : HubOptions.FromEnvironment().Endpoint;

    public Task<string> PinAsync(CancellationToken cancellationToken) => Named(async () =>
    {
        var commit = await new HuggingFaceHub().ResolveAsync(reference, HubCacheFolder.FromEnvironment(), cancellationToken).ConfigureAwait(false);
        return (HubReference.Parse(reference) with { Revision = commit }).ToString();
    });

    public Task<RemoteDownload?> MissingAsync(string pinned, CancellationToken cancellationToken) => Named(async () =>
    {
        var missing = await new HuggingFaceHub().MissingAsync(pinned, HubCacheFolder.FromEnvironment(), selection, cancellationToken).ConfigureAwait(false);
        return missing is null ? null : new RemoteDownload(pinned, missing.Bytes);
    });

    public Task<string> FetchAsync(string pinned, IProgress<Progress> progress, CancellationToken cancellationToken) => Named(() =>
        new HuggingFaceHub().FetchAsync(pinned, HubCacheFolder.FromEnvironment(), selection, new Reporter(progress), cancellationToken));

    private async Task<T> Named<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (TextDataException e)
        {
            throw new StageException($"parameter {parameter}: {e.Message}", e);
        }
    }

    private sealed class Reporter(IProgress<Progress> progress) : IProgress<TextProgress>
    {
        public void Report(TextProgress value) => progress.Report(new(value.Done, value.Total, value.Unit, value.Phase));
    }
}
