using FineTuneWorkflows.Pipelines.Artifacts;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Fingerprints;

namespace FineTuneWorkflows.Pipelines.Execution;

/// <summary>A stage with its fingerprint, and what is known of it.</summary>
/// <param name="Document">What the fingerprint is taken of.</param>
/// <param name="Fingerprint">The fingerprint.</param>
/// <param name="Files">The input files that are on this machine, by parameter.</param>
/// <param name="Remote">The input files that come from others when the stage is executed.</param>
/// <param name="Known">The record and artifacts to reuse, or null: it must be executed.</param>
/// <param name="Reason">Why it must be executed, or that it is up to date.</param>
internal sealed record StagePlan(
    FingerprintDocument Document,
    string Fingerprint,
    IReadOnlyDictionary<string, IReadOnlyList<InputFile>> Files,
    IReadOnlyList<PlannedRemote> Remote,
    StagePlan.Reuse? Known,
    string Reason)
{
    internal sealed record Reuse(StageRecord Record, IReadOnlyDictionary<string, Artifact> Artifacts);
}
