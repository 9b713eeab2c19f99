using FineTuneWorkflows.Pipelines.Artifacts;
using FineTuneWorkflows.Pipelines.Graphs;

namespace FineTuneWorkflows.Pipelines.Execution;

/// <summary>Hands the artifacts of finished stages to those below, past stages that were skipped by their condition and only transform.</summary>
internal sealed class ArtifactFlow
{
    private readonly Dictionary<string, IReadOnlyDictionary<string, Artifact>> made = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    public void Finished(PipelineStage stage, StageResult result)
    {
        lock (gate)
        {
            if (result.Outcome is StageOutcome.Executed or StageOutcome.UpToDate)
                made[stage.Name] = result.Artifacts;
            else if (!stage.Stage.Condition)
                made[stage.Name] = stage.Descriptor.Produces
                    .Where(name => stage.Descriptor.Transforms(name) && stage.Producers.ContainsKey(name) && Find(stage, name) is not null)
                    .ToDictionary(name => name, name => Find(stage, name)!);
        }
    }

    /// <returns>The inputs, or null with the name of the first that is not there.</returns>
    public Dictionary<string, Artifact>? InputsOf(PipelineStage stage, out string? missing)
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

    private Artifact? Find(PipelineStage stage, string artifact) => made.GetValueOrDefault(stage.Producers[artifact])?.GetValueOrDefault(artifact);
}
