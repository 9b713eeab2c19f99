using FineTuneWorkflows.Pipelines.Artifacts;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Fingerprints;

namespace FineTuneWorkflows.Pipelines.Execution;

/// <summary>Takes a stage's fingerprint and decides whether what it makes is there already, and if not, why it must be executed.</summary>
internal sealed class StagePlanner(FileHashCache hashes, ArtifactStore artifacts, StageRecordStore records, PipelineMemoryStore memories)
{
    private const string UpToDate = "up to date";

    /// <exception cref="StageException">An input file is missing or cannot be read.</exception>
    public StagePlan Plan(StageRequest request, CancellationToken cancellationToken)
    {
        var (document, files) = Document(request, cancellationToken);
        var fingerprint = document.Fingerprint();
        if (request.Force)
            return new(document, fingerprint, files, null, "forced");
        var known = Reusable(fingerprint, out var damage);
        return new(document, fingerprint, files, known, known is not null ? UpToDate : damage ?? WhyNew(request, document));
    }

    /// <summary>The record and artifacts of a fingerprint, all bytes checked, or null with what is damaged, if anything is.</summary>
    public StagePlan.Reuse? Reusable(string fingerprint, out string? damage)
    {
        damage = null;
        if (records.Find(fingerprint) is not { } record)
            return null;
        var found = new Dictionary<string, Artifact>(StringComparer.Ordinal);
        foreach (var (name, digest) in record.Artifacts)
        {
            if (artifacts.Find(digest, out var problem) is not { } artifact)
            {
                damage = $"its artifact `{name}` {problem}";
                return null;
            }

            found[name] = artifact;
        }

        return new(record, found);
    }

    private (FingerprintDocument Document, Dictionary<string, IReadOnlyList<InputFile>> Files) Document(StageRequest request, CancellationToken cancellationToken)
    {
        var resolver = new InputFileResolver(hashes);
        var files = new Dictionary<string, IReadOnlyList<InputFile>>(StringComparer.Ordinal);
        var digests = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var paths in request.Stage.Stage.InputPaths().GroupBy(p => p.Parameter, StringComparer.Ordinal))
        {
            var folder = request.Stage.Folders.GetValueOrDefault(paths.Key, request.BaseFolder);
            (files[paths.Key], digests[paths.Key]) = resolver.Resolve([.. paths], folder, cancellationToken);
        }

        var inputs = request.Inputs.ToDictionary(i => i.Key, i => i.Value.Digest);
        return (FingerprintDocument.Of(request.Stage.Descriptor, request.Stage.Stage, digests, inputs), files);
    }

    private string WhyNew(StageRequest request, FingerprintDocument document)
    {
        if (memories.Load(request.PipelineId).Stages.GetValueOrDefault(request.Stage.Name) is not { } last)
            return "not built before";
        return FingerprintReason.Between(last.Document, document)
            ?? (last.Done ? "its result is no longer in the cache" : $"did not finish in run {last.RunId}");
    }
}
