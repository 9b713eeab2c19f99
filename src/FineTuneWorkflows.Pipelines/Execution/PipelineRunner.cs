using System.Text;
using FineTuneWorkflows.Foundation.Digests;
using FineTuneWorkflows.Foundation.Locks;
using FineTuneWorkflows.Pipelines.Cache;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Contract.Events;
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
    private readonly UpToDateCheck check;
    private readonly PipelineMemoryStore memories;
    private readonly TimeProvider time;

    internal PipelineRunner(Home home, StageExecutor executor, UpToDateCheck check, PipelineMemoryStore memories, TimeProvider time)
    {
        this.home = home;
        this.executor = executor;
        this.check = check;
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
                pipeline.Properties.All.ToDictionary(p => p.Key, p => CanonicalText.Of(p.Value.Value)), StageExecutor.EngineVersion, options.Parent, GivenParameters(pipeline)));
        if (options.Labels.Event(time.GetUtcNow(), resumed) is { } labelled)
            publisher.Publish(labelled);

        var walk = new GraphWalk();
        var results = await walk.AllAsync(
                pipeline.Stages,
                options.MaxParallel,
                new Running(this, pipeline, options, runId, publisher, cancellationToken).ExecuteAsync,
                async (stage, result) =>
                {
                    await publisher.SettleAsync(cancellationToken).ConfigureAwait(false);
                    publisher.Publish(result.Event(time.GetUtcNow(), stage.Name, stage.Descriptor.Type));
                }
            )
            .ConfigureAwait(false);
        var status = walk.Status(cancellationToken.IsCancellationRequested);
        var result = new RunResult(runId, status, [.. pipeline.Stages.Zip(results)]);
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
        var planned = new Dictionary<string, PlannedStage>(StringComparer.Ordinal);
        await new GraphWalk(ahead: true)
            .AllAsync(
                pipeline.Stages,
                maxParallel: 1,
                async (stage, step) =>
                {
                    var (plan, result) = await PlanStageAsync(pipeline, options, stage, step, pins, cancellationToken).ConfigureAwait(false);
                    planned[stage.Name] = plan;
                    return result;
                },
                (stage, result) =>
                {
                    planned.TryAdd(stage.Name, new(stage, PlannedAction.Skip, result.Reason));
                    return Task.CompletedTask;
                }
            )
            .ConfigureAwait(false);
        return [.. pipeline.Stages.Select(s => planned[s.Name])];
    }

    private async Task<(PlannedStage Plan, StageResult Result)> PlanStageAsync(
        Pipeline pipeline,
        RunOptions options,
        PipelineStage stage,
        GraphStep step,
        RunPins pins,
        CancellationToken cancellationToken
    )
    {
        try
        {
            if (step.Pending is { } pending)
            {
                var remote = await UpToDateCheck.PinnedAsync(stage.Stage, pins, cancellationToken).ConfigureAwait(false);
                return options.Forces(stage.Name)
                    ? await Rebuilt(PlannedAction.Execute, "forced", remote).ConfigureAwait(false)
                    : await Rebuilt(PlannedAction.Depends, $"`{pending.Artifact}` will be rebuilt by {pending.Maker}", remote).ConfigureAwait(false);
            }

            var request = new StageRequest(
                pipeline.Definition.Id,
                "",
                stage,
                step.Inputs,
                pipeline.Definition.Folder,
                options.Forces(stage.Name)
            );
            var found = await check.CheckAsync(request, pins, cancellationToken).ConfigureAwait(false);
            return found.Known is { } known
                ? (new(stage, PlannedAction.Reuse, found.Reason), new(StageOutcome.UpToDate, found.Reason) { Artifacts = known.Artifacts })
                : await Rebuilt(PlannedAction.Execute, found.Reason, found.Remote).ConfigureAwait(false);
        }
        catch (StageException e)
        {
            var reason = ParameterAdvice.Reason(e, stage);
            return (new(stage, PlannedAction.Fail, reason), new(StageOutcome.Failed, reason));
        }

        async Task<(PlannedStage Plan, StageResult Result)> Rebuilt(PlannedAction action, string reason, IReadOnlyList<PinnedInput> remote) =>
            (
                new(stage, action, reason) { Downloads = await DownloadsAsync(remote, cancellationToken).ConfigureAwait(false) },
                new(StageOutcome.Executed, reason)
            );
    }

    private static async Task<IReadOnlyList<RemoteDownload>> DownloadsAsync(IReadOnlyList<PinnedInput> remote, CancellationToken cancellationToken)
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

    /// <summary>What a run does for a stage that may go on.</summary>
    private sealed class Running(
        PipelineRunner runner,
        Pipeline pipeline,
        RunOptions options,
        string runId,
        EventPublisher publisher,
        CancellationToken cancellationToken
    )
    {
        private readonly Lock _gate = new();
        private Task? _looked;

        public async Task<StageResult> ExecuteAsync(PipelineStage stage, GraphStep step)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                return new(StageOutcome.Skipped, "the run was cancelled");
            }

            var request = new StageRequest(
                pipeline.Definition.Id,
                runId,
                stage,
                step.Inputs,
                pipeline.Definition.Folder,
                options.Forces(stage.Name)
            )
            {
                MoreFollows = true,
                ParentRunId = options.Parent,
                BeforeExecution = options.BeforeFirst is null ? null : LookAsync,
            };
            return await runner.executor.ExecuteAsync(request, publisher.Publish, cancellationToken).ConfigureAwait(false);
        }

        // Once for all stages.
        private Task LookAsync(CancellationToken cancellation)
        {
            lock (_gate)
            {
                return _looked ??= options.BeforeFirst!(cancellation);
            }
        }
    }
}
