using FineTuneWorkflows.Pipelines.Artifacts;
using FineTuneWorkflows.Pipelines.Graphs;

namespace FineTuneWorkflows.Pipelines.Execution;

/// <summary>
/// Hands the artifacts of finished stages to those below, past stages that were skipped by their condition and only transform, and says which stages cannot run because of what
/// happened above them. Safe for use from several threads.
/// </summary>
public sealed class ArtifactFlow
{
    private readonly Dictionary<string, Finish> finished = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    /// <summary>Records that a stage is done with. A stage is recorded after those above it.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="condition">The value of its parameter <see cref="Contract.Stage.Condition"/>.</param>
    /// <param name="continueOnError">The value of its parameter <see cref="Contract.Stage.ContinueOnError"/>.</param>
    /// <param name="result">How it went.</param>
    public void Finished(WiredStage stage, bool condition, bool continueOnError, StageResult result)
    {
        lock (gate)
        {
            IReadOnlyDictionary<string, Artifact>? made = null;
            if (result.Outcome is StageOutcome.Executed or StageOutcome.UpToDate)
                made = result.Artifacts;
            else if (!condition)
                made = stage.Descriptor.Produces
                    .Where(name => stage.Descriptor.Transforms(name) && stage.Producers.ContainsKey(name) && Find(stage, name) is not null)
                    .ToDictionary(name => name, name => Find(stage, name)!);
            finished[stage.Name] = new(result, condition, continueOnError, made);
        }
    }

    /// <summary>The artifacts that a stage consumes.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="missing">The name of the first artifact that is not there, where the result is null.</param>
    /// <returns>The inputs by name; null where one is not there.</returns>
    public Dictionary<string, Artifact>? InputsOf(WiredStage stage, out string? missing)
    {
        missing = null;
        var inputs = new Dictionary<string, Artifact>(StringComparer.Ordinal);
        lock (gate)
        {
            foreach (var consumed in stage.Descriptor.Consumes)
            {
                if (!stage.Producers.ContainsKey(consumed.Artifact))
                    continue;
                if (Find(stage, consumed.Artifact) is { } artifact)
                    inputs[consumed.Artifact] = artifact;
                else if (!consumed.Optional)
                {
                    missing = consumed.Artifact;
                    return null;
                }
            }
        }

        return inputs;
    }

    /// <summary>Why a stage whose predecessors are all recorded cannot run, or null with its inputs.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="condition">The value of its parameter <see cref="Contract.Stage.Condition"/>; where it is false there are no inputs to find.</param>
    /// <param name="inputs">The artifacts it consumes, by name.</param>
    /// <exception cref="InvalidOperationException">A predecessor is not recorded.</exception>
    public string? WhyNot(WiredStage stage, bool condition, out Dictionary<string, Artifact> inputs)
    {
        inputs = [];
        lock (gate)
        {
            foreach (var predecessor in stage.Predecessors)
            {
                var before = finished.GetValueOrDefault(predecessor) ?? throw new InvalidOperationException($"{stage.Name} comes after {predecessor}, which is not done.");
                if (before.Result.Outcome == StageOutcome.Failed && !before.ContinueOnError)
                    return $"{predecessor} failed";
                if (before.Result.Outcome == StageOutcome.Cancelled)
                    return "the run was cancelled";
                if (before.Result.Outcome == StageOutcome.Skipped && before.Condition)
                    return before.Result.Reason;
            }

            if (!condition)
                return null;
            if (InputsOf(stage, out var missing) is not { } found)
            {
                var producer = stage.Producers[missing!];
                return $"`{missing}` was not made, because {producer} {(finished.GetValueOrDefault(producer)?.Result.Outcome == StageOutcome.Failed ? "failed" : "was skipped")}";
            }

            inputs = found;
            return null;
        }
    }

    private Artifact? Find(WiredStage stage, string artifact) => finished.GetValueOrDefault(stage.Producers[artifact])?.Made?.GetValueOrDefault(artifact);

    private sealed record Finish(StageResult Result, bool Condition, bool ContinueOnError, IReadOnlyDictionary<string, Artifact>? Made);
}
