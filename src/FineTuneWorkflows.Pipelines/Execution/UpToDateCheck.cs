using FineTuneWorkflows.Pipelines.Artifacts;
using FineTuneWorkflows.Pipelines.Cache;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Fingerprints;
using FineTuneWorkflows.Pipelines.Sources;

namespace FineTuneWorkflows.Pipelines.Execution;

/// <summary>Takes a stage's fingerprint and decides whether what it makes is there already, and if not, why it must be executed.</summary>
internal sealed class UpToDateCheck(FileHashCache hashes, ArtifactStore artifacts, StageRecordStore records, PipelineMemoryStore memories, AllowedSources sources)
{
    private const string UpToDate = "up to date";

    /// <summary>Checks a stage. Remote inputs are asked what their names mean; nothing is downloaded.</summary>
    /// <exception cref="StageException">An input file is missing or cannot be read, or a remote one cannot be asked for.</exception>
    public async Task<FingerprintedStage> CheckAsync(StageRequest request, RunPins pins, CancellationToken cancellationToken)
    {
        var resolver = new InputFileResolver(hashes, sources);
        var files = new Dictionary<string, IReadOnlyList<InputFile>>(StringComparer.Ordinal);
        var digests = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var paths in LocalPaths(request.Stage.Stage))
        {
            var folder = request.Stage.Folders.GetValueOrDefault(paths.Key, request.BaseFolder);
            (files[paths.Key], digests[paths.Key]) = resolver.Resolve([.. paths], folder, cancellationToken);
        }

        foreach (var path in request.Stage.Stage.InputPaths())
            if (path.Remote is { } asked && !sources.AllowsHost(asked.Host))
                throw new StageException($"parameter {path.Parameter}: {asked.Reference} lies on {asked.Host}, which is not an allowed host; {sources.Advice}");
        var remote = await PinnedAsync(request.Stage.Stage, pins, cancellationToken).ConfigureAwait(false);
        foreach (var input in remote)
            digests[input.Parameter] = input.Pinned;
        var document = FingerprintDocument.Of(request.Stage.Descriptor, request.Stage.Stage, digests, request.Inputs.ToDictionary(i => i.Key, i => i.Value.Digest));
        var fingerprint = document.Fingerprint();
        if (request.Force)
            return new(document, fingerprint, files, remote, null, "forced");
        var known = Reusable(fingerprint, out var damage);
        return new(document, fingerprint, files, remote, known, known is not null ? UpToDate : damage ?? WhyNew(request, document));
    }

    /// <summary>A stage's remote inputs, which are only asked for, not brought.</summary>
    /// <exception cref="StageException">There is no such thing, or the other machine does not answer.</exception>
    public static async Task<IReadOnlyList<PinnedInput>> PinnedAsync(Stage stage, RunPins pins, CancellationToken cancellationToken)
    {
        var remote = new List<PinnedInput>();
        foreach (var paths in stage.InputPaths().GroupBy(p => p.Parameter, StringComparer.Ordinal))
            if (paths.FirstOrDefault(p => p.Remote is not null)?.Remote is { } input)
                remote.Add(new(paths.Key, input, await pins.OfAsync(input, cancellationToken).ConfigureAwait(false), [.. paths]));
        return remote;
    }

    /// <summary>Turns the paths of files that were brought from another machine into files with their digests.</summary>
    public InputFileResolver BroughtFiles => new(hashes, AllowedSources.Everything);

    /// <summary>The record and artifacts of a fingerprint, all bytes checked, or null with what is damaged, if anything is.</summary>
    public FingerprintedStage.Reuse? Reusable(string fingerprint, out string? damage)
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

    private static IEnumerable<IGrouping<string, InputPath>> LocalPaths(Stage stage) =>
        stage.InputPaths().GroupBy(p => p.Parameter, StringComparer.Ordinal).Where(paths => paths.All(p => p.Remote is null));

    private string WhyNew(StageRequest request, FingerprintDocument document)
    {
        if (memories.Load(request.PipelineId).Stages.GetValueOrDefault(request.Stage.Name) is not { } last)
            return "not built before";
        return FingerprintReason.Between(last.Document, document)
            ?? (last.Done ? "its result is no longer in the cache" : $"did not finish in run {last.RunId}");
    }
}

/// <summary>A stage with its fingerprint, and what is known of it.</summary>
/// <param name="Document">What the fingerprint is taken of.</param>
/// <param name="Fingerprint">The fingerprint.</param>
/// <param name="Files">The input files that are on this machine, by parameter.</param>
/// <param name="Remote">The input files that come from others when the stage is executed.</param>
/// <param name="Known">The record and artifacts to reuse, or null: it must be executed.</param>
/// <param name="Reason">Why it must be executed, or that it is up to date.</param>
internal sealed record FingerprintedStage(
    FingerprintDocument Document,
    string Fingerprint,
    IReadOnlyDictionary<string, IReadOnlyList<InputFile>> Files,
    IReadOnlyList<PinnedInput> Remote,
    FingerprintedStage.Reuse? Known,
    string Reason
)
{
    internal sealed record Reuse(StageRecord Record, IReadOnlyDictionary<string, Artifact> Artifacts);
}

/// <summary>A parameter whose files come from another machine.</summary>
/// <param name="Parameter">The parameter.</param>
/// <param name="Input">Where they come from.</param>
/// <param name="Pinned">What its name means in this run.</param>
/// <param name="Paths">The parameter's paths.</param>
internal sealed record PinnedInput(string Parameter, IRemoteInput Input, string Pinned, IReadOnlyList<InputPath> Paths);
