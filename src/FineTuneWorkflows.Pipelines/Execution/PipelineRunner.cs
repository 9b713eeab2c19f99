using System.Diagnostics;
using System.Text;
using FineTuneWorkflows.Foundation.Digests;
using FineTuneWorkflows.Foundation.Locks;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Fingerprints;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Pipelines.Execution;

/// <summary>Runs pipelines: stages in order, independent ones at once, each through the <see cref="StageExecutor"/>.</summary>
public sealed class PipelineRunner
{
    private const int MostNewIds = 100;

    private readonly Home home;
    private readonly StageExecutor executor;
    private readonly StagePlanner planner;
    private readonly PipelineMemoryStore memories;
    private readonly TimeProvider time;

    internal PipelineRunner(Home home, StageExecutor executor, StagePlanner planner, PipelineMemoryStore memories, TimeProvider time)
    {
        this.home = home;
        this.executor = executor;
        this.planner = planner;
        this.memories = memories;
        this.time = time;
    }

    /// <summary>Runs a pipeline. The last run of the same pipeline with the same parameters, if it failed or was interrupted, is resumed under its own id.</summary>
    /// <param name="pipeline">What to run.</param>
    /// <param name="options">How.</param>
    /// <param name="observers">Are told what happens.</param>
    /// <param name="cancellationToken">The user's wish to stop: running stages stop at their next whole step.</param>
    /// <exception cref="HomeException">The home is being cleaned.</exception>
    /// <exception cref="IOException">The journal cannot be written.</exception>
    public async Task<RunResult> RunAsync(Pipeline pipeline, RunOptions options, IReadOnlyList<IRunObserver> observers, CancellationToken cancellationToken)
    {
        using var entry = await home.EnterAsync(TimeSpan.FromSeconds(30), cancellationToken).ConfigureAwait(false);
        var plan = PlanOf(pipeline);
        var (runId, runLock, resumed) = Claim(pipeline.Definition.Id, plan);
        using var held = runLock;
        if (options.ForceAll && resumed)
            RunPins.Forget(home, runId);
        using var journal = RunJournal.Open(home, runId);
        using var publisher = new EventPublisher(runId, journal, observers);

        memories.Update(pipeline.Definition.Id, memory => memory with { RunId = runId, Plan = plan, Finished = false });
        publisher.Publish(resumed
            ? new RunResumed(time.GetUtcNow(), runId)
            : new RunStarted(
                time.GetUtcNow(), runId, pipeline.Definition.Id, options.Labels.Name ?? pipeline.Definition.Name, pipeline.Definition.File,
                pipeline.Properties.All.ToDictionary(p => p.Key, p => FingerprintDocument.Canonical(p.Value.Value)), StageExecutor.EngineVersion, options.Parent, GivenParameters(pipeline)));
        if (options.Labels.Event(time.GetUtcNow(), resumed) is { } labelled)
            publisher.Publish(labelled);

        var results = await new Running(this, pipeline, options, runId, publisher, cancellationToken).AllAsync().ConfigureAwait(false);
        var status = results.Any(r => r.Result.Outcome == StageOutcome.Cancelled) || (cancellationToken.IsCancellationRequested && results.Any(r => r.Result.Outcome == StageOutcome.Skipped && r.Stage.Stage.Condition))
            ? RunStatus.Cancelled
            : results.Any(r => r.Result.Outcome == StageOutcome.Failed && !r.Stage.Stage.ContinueOnError) ? RunStatus.Failed
            : RunStatus.Succeeded;
        var result = new RunResult(runId, status, results);
        result.Summary().Save(home);
        publisher.Publish(new RunFinished(time.GetUtcNow(), runId, status));
        memories.Update(pipeline.Definition.Id, memory => status == RunStatus.Succeeded && memory.RunId == runId ? memory with { Finished = true } : memory);
        return result;
    }

    /// <summary>
    /// What a run would do, stage by stage. Nothing is executed, downloaded or written but the digests of files read; other machines are asked what the names of remote inputs mean and what
    /// of them is missing here.
    /// </summary>
    public async Task<IReadOnlyList<PlannedStage>> PlanAsync(Pipeline pipeline, RunOptions options, CancellationToken cancellationToken = default)
    {
        var resumed = options.ForceAll ? null : Unfinished(pipeline.Definition.Id, PlanOf(pipeline));
        var pins = RunPins.OfPlan(home, options.Parent ?? resumed);
        var flow = new ArtifactFlow();
        var planned = new Dictionary<string, PlannedStage>(StringComparer.Ordinal);
        foreach (var stage in pipeline.Stages)
        {
            var step = await PlanStageAsync(pipeline, options, stage, flow, planned, pins, cancellationToken).ConfigureAwait(false);
            planned[stage.Name] = step;
        }

        return [.. pipeline.Stages.Select(s => planned[s.Name])];
    }

    private async Task<PlannedStage> PlanStageAsync(
        Pipeline pipeline, RunOptions options, PipelineStage stage, ArtifactFlow flow, Dictionary<string, PlannedStage> planned, RunPins pins, CancellationToken cancellationToken)
    {
        if (!stage.Stage.Condition)
        {
            flow.Finished(stage.Wiring, condition: false, stage.Stage.ContinueOnError, new(StageOutcome.Skipped, ""));
            return new(stage, PlannedAction.Skip, "its condition is false");
        }

        if (stage.Predecessors.Select(p => planned[p]).FirstOrDefault(p => p.Action == PlannedAction.Fail) is { } failing)
            return new(stage, PlannedAction.Skip, $"{failing.Stage.Name} would fail");
        try
        {
            if (flow.InputsOf(stage.Wiring, out var missing) is not { } inputs)
            {
                var producer = planned[stage.Producers[missing!]];
                if (producer.Action is PlannedAction.Skip or PlannedAction.Fail)
                    return new(stage, PlannedAction.Skip, $"`{missing}` will not be made");
                var remote = await StagePlanner.RemoteAsync(stage.Stage, pins, cancellationToken).ConfigureAwait(false);
                var (action, reason) = options.Forces(stage.Name) ? (PlannedAction.Execute, "forced") : (PlannedAction.Depends, $"`{missing}` will be rebuilt by {producer.Stage.Name}");
                return new(stage, action, reason) { Downloads = await DownloadsAsync(remote, cancellationToken).ConfigureAwait(false) };
            }

            var plan = await planner.PlanAsync(new(pipeline.Definition.Id, "", stage, inputs, pipeline.Definition.Folder, options.Forces(stage.Name)), pins, cancellationToken).ConfigureAwait(false);
            if (plan.Known is not { } known)
                return new(stage, PlannedAction.Execute, plan.Reason) { Downloads = await DownloadsAsync(plan.Remote, cancellationToken).ConfigureAwait(false) };
            flow.Finished(stage.Wiring, condition: true, stage.Stage.ContinueOnError, new(StageOutcome.UpToDate, plan.Reason) { Artifacts = known.Artifacts });
            return new(stage, PlannedAction.Reuse, plan.Reason);
        }
        catch (StageException e)
        {
            return new(stage, PlannedAction.Fail, ParameterAdvice.Reason(e, stage));
        }
    }

    private static async Task<IReadOnlyList<RemoteDownload>> DownloadsAsync(IReadOnlyList<PlannedRemote> remote, CancellationToken cancellationToken)
    {
        var downloads = new List<RemoteDownload>();
        foreach (var input in remote)
            if (await input.Input.MissingAsync(input.Pinned, cancellationToken).ConfigureAwait(false) is { } missing)
                downloads.Add(missing);
        return downloads;
    }

    private static Dictionary<string, string>? GivenParameters(Pipeline pipeline)
    {
        Dictionary<string, string>? given = null;
        foreach (var stage in pipeline.Stages)
            foreach (var parameter in stage.Descriptor.Parameters)
                if (stage.GivenByName.Contains(parameter.Name))
                    (given ??= new(StringComparer.Ordinal))[$"{stage.Name}.{parameter.Name}"] = parameter.TextOf(stage.Stage);
        return given;
    }

    private static string PlanOf(Pipeline pipeline)
    {
        var text = new StringBuilder();
        foreach (var stage in pipeline.Stages)
        {
            text.Append(stage.Name).Append('\n').Append(stage.Descriptor.Type).Append('\n');
            foreach (var parameter in stage.Descriptor.Parameters)
                text.Append(parameter.Name).Append('=').Append(parameter.TextOf(stage.Stage)).Append('\n');
        }

        return ContentDigest.Of(text.ToString());
    }

    // The lock tells a run that was interrupted from one that is still going on in another process.
    private (string RunId, FileLock Lock, bool Resumed) Claim(string pipelineId, string plan)
    {
        if (Unfinished(pipelineId, plan) is { } last && FileLock.TryAcquire(home.RunLock(last)) is { } again)
            return (last, again, true);
        // A new id that is taken already is a rare chance; many of them are not.
        for (var attempt = 0; attempt < MostNewIds; attempt++)
        {
            var runId = RunIds.Next(time);
            if (!Directory.Exists(Path.Combine(home.Runs, runId)) && FileLock.TryAcquire(home.RunLock(runId)) is { } held)
                return (runId, held, false);
        }

        throw new HomeException($"no run can begin in {home.Root}: each of {MostNewIds} new ids was in use already; look at its folders runs and locks");
    }

    // The last run of the same pipeline with the same parameters, if it did not succeed: the next one continues where it stopped.
    private string? Unfinished(string pipelineId, string plan)
    {
        var memory = memories.Load(pipelineId);
        return memory is { Finished: false, RunId: { } last } && memory.Plan == plan && File.Exists(RunJournal.PathOf(home, last)) ? last : null;
    }

    /// <summary>One run's state.</summary>
    private sealed class Running(PipelineRunner runner, Pipeline pipeline, RunOptions options, string runId, EventPublisher publisher, CancellationToken cancellationToken)
    {
        private readonly ArtifactFlow flow = new();
        private readonly Lock gate = new();
        private Task? looked;
        private readonly Dictionary<string, TaskCompletionSource<StageResult>> finished =
            pipeline.Stages.ToDictionary(s => s.Name, _ => new TaskCompletionSource<StageResult>(TaskCreationOptions.RunContinuationsAsynchronously), StringComparer.Ordinal);

        public async Task<IReadOnlyList<FinishedStage>> AllAsync()
        {
            using var places = new SemaphoreSlim(Math.Max(1, options.MaxParallel));
            await Task.WhenAll(pipeline.Stages.Select(stage => OneAsync(stage, places))).ConfigureAwait(false);
            return [.. pipeline.Stages.Select(stage => new FinishedStage(stage, finished[stage.Name].Task.Result))];
        }

        // Once for all stages.
        private Task LookAsync(CancellationToken cancellation)
        {
            lock (gate)
                return looked ??= options.BeforeFirst!(cancellation);
        }

        private async Task OneAsync(PipelineStage stage, SemaphoreSlim places)
        {
            var watch = Stopwatch.StartNew();
            try
            {
                foreach (var predecessor in stage.Predecessors)
                    await finished[predecessor].Task.ConfigureAwait(false);
                StageResult result;
                if (flow.WhyNot(stage.Wiring, stage.Stage.Condition, out var inputs) is { } reason)
                    result = new(StageOutcome.Skipped, reason);
                else
                {
                    await places.WaitAsync(CancellationToken.None).ConfigureAwait(false);
                    try
                    {
                        result = cancellationToken.IsCancellationRequested
                            ? new(StageOutcome.Skipped, "the run was cancelled")
                            : await runner.executor.ExecuteAsync(
                                new(pipeline.Definition.Id, runId, stage, inputs, pipeline.Definition.Folder, options.Forces(stage.Name)) { MoreFollows = true, ParentRunId = options.Parent, BeforeExecution = options.BeforeFirst is null ? null : LookAsync }, publisher.Publish, cancellationToken)
                                .ConfigureAwait(false);
                    }
                    finally
                    {
                        places.Release();
                    }
                }

                await publisher.SettleAsync(cancellationToken).ConfigureAwait(false);
                flow.Finished(stage.Wiring, stage.Stage.Condition, stage.Stage.ContinueOnError, result);
                publisher.Publish(result.Event(runner.time.GetUtcNow(), stage.Name, stage.Descriptor.Type));
                finished[stage.Name].SetResult(result);
            }
            catch (Exception e)
            {
                // Only the journal can fail here. Those who wait must not wait for ever.
                finished[stage.Name].TrySetException(e);
                throw;
            }
        }
    }
}
