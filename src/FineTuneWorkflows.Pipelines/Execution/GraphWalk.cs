using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Graphs;

namespace FineTuneWorkflows.Pipelines.Execution;

/// <summary>
/// One walk over the graph: which stage may go on, with which artifacts, and why another may not. A run, a plan and the workflow server all ask it, so that they cannot disagree. A stage is settled after
/// the stages before it. Safe for use from several threads.
/// </summary>
public sealed class GraphWalk
{
    private readonly Dictionary<string, SettledStage> _settled = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly bool _ahead;

    /// <summary>Begins a walk.</summary>
    /// <param name="ahead">
    /// Whether stages are settled by what they would do. Then one that would be executed makes artifacts that are not known yet, and reasons say what will happen rather than what has. Default: false.
    /// </param>
    public GraphWalk(bool ahead = false) => _ahead = ahead;

    /// <summary>Whether no stage below goes on: a failure does that unless the definition lets the stage fail.</summary>
    /// <param name="outcome">How it went for the stage.</param>
    /// <param name="continueOnError">The value of its parameter <see cref="Contract.Stage.ContinueOnError"/>.</param>
    public static bool Stops(StageOutcome outcome, bool continueOnError) => outcome == StageOutcome.Failed && !continueOnError;

    /// <summary>Whether a stage may go on, the stages before it being settled.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="condition">The value of its parameter <see cref="Contract.Stage.Condition"/>.</param>
    /// <exception cref="InvalidOperationException">A stage before it is not settled.</exception>
    public GraphStep Next(StageNode stage, bool condition)
    {
        lock (_gate)
        {
            return Blocked(stage) is { } reason ? new(reason)
                : !condition ? new("its condition is false")
                : Inputs(stage);
        }
    }

    /// <summary>Records how it went for a stage.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="condition">The value of its parameter <see cref="Contract.Stage.Condition"/>.</param>
    /// <param name="continueOnError">The value of its parameter <see cref="Contract.Stage.ContinueOnError"/>.</param>
    /// <param name="result">How it went, or would go.</param>
    public void Settle(StageNode stage, bool condition, bool continueOnError, StageResult result)
    {
        lock (_gate)
        {
            var made = new Dictionary<string, MadeArtifact>(StringComparer.Ordinal);
            foreach (var name in stage.Descriptor.Produces)
            {
                if ((HasMade(result.Outcome) ? Made(stage, name, result) : condition ? null : PassedOn(stage, name)) is { } artifact)
                {
                    made[name] = artifact;
                }
            }

            _settled[stage.Name] = new(result.Outcome, result.Reason, condition, continueOnError, made);
        }
    }

    /// <summary>Walks all stages of a pipeline, each after those before it, independent ones at once.</summary>
    /// <param name="stages">The stages, each after those it depends on.</param>
    /// <param name="maxParallel">How many may go on at once; at least 1.</param>
    /// <param name="goOn">Does what there is to do for a stage that may go on. What it throws ends the walk.</param>
    /// <param name="settled">Is told of every stage, the skipped ones included, before those after it are asked for. What it throws ends the walk.</param>
    /// <returns>The results, in the order of the stages.</returns>
    public async Task<IReadOnlyList<StageResult>> AllAsync(
        IReadOnlyList<PipelineStage> stages,
        int maxParallel,
        Func<PipelineStage, GraphStep, Task<StageResult>> goOn,
        Func<PipelineStage, StageResult, Task> settled
    )
    {
        using var places = new SemaphoreSlim(Math.Max(1, maxParallel));
        var results = stages.ToDictionary(
            s => s.Name,
            _ => new TaskCompletionSource<StageResult>(TaskCreationOptions.RunContinuationsAsynchronously),
            StringComparer.Ordinal
        );
        await Task.WhenAll(stages.Select(OneAsync)).ConfigureAwait(false);
        return [.. stages.Select(stage => results[stage.Name].Task.Result)];

        async Task OneAsync(PipelineStage stage)
        {
            try
            {
                foreach (var predecessor in stage.Predecessors)
                {
                    await results[predecessor].Task.ConfigureAwait(false);
                }

                var step = Next(stage.Node, stage.Stage.Condition);
                var result = step.SkipReason is { } reason
                    ? new(StageOutcome.Skipped, reason)
                    : await InPlaceAsync(stage, step).ConfigureAwait(false);
                await settled(stage, result).ConfigureAwait(false);
                Settle(stage.Node, stage.Stage.Condition, stage.Stage.ContinueOnError, result);
                results[stage.Name].SetResult(result);
            }
            catch (Exception e)
            {
                // Those who wait must not wait for ever.
                results[stage.Name].TrySetException(e);
                throw;
            }
        }

        async Task<StageResult> InPlaceAsync(PipelineStage stage, GraphStep step)
        {
            await places.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            try
            {
                return await goOn(stage, step).ConfigureAwait(false);
            }
            finally
            {
                places.Release();
            }
        }
    }

    /// <summary>How the walk ended, all stages being settled.</summary>
    /// <param name="cancelled">Whether the user wished to stop: then stages that were not begun make the run a cancelled one.</param>
    public RunStatus Status(bool cancelled)
    {
        lock (_gate)
        {
            var all = _settled.Values;
            return all.Any(s => s.Outcome == StageOutcome.Cancelled || (cancelled && s.IsBlocked)) ? RunStatus.Cancelled
                : all.Any(s => s.Stops) ? RunStatus.Failed
                : RunStatus.Succeeded;
        }
    }

    private static bool HasMade(StageOutcome outcome) => outcome is StageOutcome.Executed or StageOutcome.UpToDate;

    private string? Blocked(StageNode stage)
    {
        foreach (var predecessor in stage.Predecessors)
        {
            var before =
                _settled.GetValueOrDefault(predecessor)
                ?? throw new InvalidOperationException($"{stage.Name} comes after {predecessor}, which is not settled.");
            if (before.Stops)
            {
                return $"{predecessor} {(_ahead ? "would fail" : "failed")}";
            }

            if (before.Outcome == StageOutcome.Cancelled)
            {
                return "the run was cancelled";
            }

            if (before.IsBlocked)
            {
                return before.Reason;
            }
        }

        return null;
    }

    private GraphStep Inputs(StageNode stage)
    {
        var inputs = new Dictionary<string, Artifact>(StringComparer.Ordinal);
        GraphStep.PendingInput? pending = null;
        foreach (var consumed in stage.Descriptor.Consumes)
        {
            if (!stage.Producers.TryGetValue(consumed.Artifact, out var producer))
            {
                continue;
            }

            var made = _settled.GetValueOrDefault(producer)?.Made.GetValueOrDefault(consumed.Artifact);
            if (made is { Artifact: { } artifact })
            {
                inputs[consumed.Artifact] = artifact;
            }
            else if (made is not null)
            {
                pending ??= new(consumed.Artifact, made.Maker);
            }
            else if (!consumed.Optional)
            {
                return new(NotMade(consumed.Artifact, producer));
            }
        }

        return new(null) { Inputs = inputs, Pending = pending };
    }

    private string NotMade(string artifact, string producer)
    {
        var failed = _settled.GetValueOrDefault(producer)?.Outcome == StageOutcome.Failed;
        return _ahead
            ? $"`{artifact}` will not be made, because {producer} {(failed ? "would fail" : "is skipped")}"
            : $"`{artifact}` was not made, because {producer} {(failed ? "failed" : "was skipped")}";
    }

    private MadeArtifact? Made(StageNode stage, string name, StageResult result) =>
        result.Artifacts.GetValueOrDefault(name) is { } artifact ? new(stage.Name, artifact)
        : _ahead ? new(stage.Name, null)
        : null;

    // A stage whose condition is false and that only transforms is passed by.
    private MadeArtifact? PassedOn(StageNode stage, string name) =>
        stage.Descriptor.Transforms(name) && stage.Producers.TryGetValue(name, out var producer)
            ? _settled.GetValueOrDefault(producer)?.Made.GetValueOrDefault(name)
            : null;

    // The artifact is null where it is not known yet.
    private sealed record MadeArtifact(string Maker, Artifact? Artifact);

    private sealed record SettledStage(
        StageOutcome Outcome,
        string Reason,
        bool Condition,
        bool ContinueOnError,
        IReadOnlyDictionary<string, MadeArtifact> Made
    )
    {
        public bool Stops => GraphWalk.Stops(Outcome, ContinueOnError);

        // Not by its own condition, so that those below are kept from running, too.
        public bool IsBlocked => Outcome == StageOutcome.Skipped && Condition;
    }
}

/// <summary>Whether a stage may go on, and with what.</summary>
/// <param name="SkipReason">Why it is skipped; null where it may go on.</param>
public sealed record GraphStep(string? SkipReason)
{
    /// <summary>The artifacts that it consumes, by name, as far as they are known.</summary>
    public IReadOnlyDictionary<string, Artifact> Inputs { get; init; } = new Dictionary<string, Artifact>();

    /// <summary>The first input that a stage above it will make anew. Always null where stages are settled by what they did.</summary>
    public PendingInput? Pending { get; init; }

    /// <summary>An artifact that will be made.</summary>
    /// <param name="Artifact">Its name.</param>
    /// <param name="Maker">The stage that will make it.</param>
    public sealed record PendingInput(string Artifact, string Maker);
}
