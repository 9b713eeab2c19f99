using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using FineTuneWorkflows.Foundation.Locks;
using FineTuneWorkflows.Foundation.Retries;
using FineTuneWorkflows.Pipelines.Artifacts;
using FineTuneWorkflows.Pipelines.Cache;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Fingerprints;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Sources;

namespace FineTuneWorkflows.Pipelines.Execution;

/// <summary>
/// Executes one stage: reuses what is known, else takes the locks, runs it with its retries and time-out, and commits what it made. The local runner and the
/// server's stage worker both call this, and nothing else runs stages.
/// </summary>
public sealed class StageExecutor
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(5);

    private readonly Home home;
    private readonly ArtifactStore artifacts;
    private readonly StageRecordStore records;
    private readonly PipelineMemoryStore memories;
    private readonly UpToDateCheck check;
    private readonly IServiceProvider services;
    private readonly AllowedSources sources;
    private readonly TimeProvider time;

    internal StageExecutor(
        Home home, ArtifactStore artifacts, StageRecordStore records, PipelineMemoryStore memories, UpToDateCheck check, IServiceProvider services, AllowedSources sources, TimeProvider time)
    {
        this.home = home;
        this.artifacts = artifacts;
        this.records = records;
        this.memories = memories;
        this.check = check;
        this.services = services;
        this.sources = sources;
        this.time = time;
    }

    /// <summary>The engine's version, as records keep it.</summary>
    public static string EngineVersion { get; } =
        typeof(StageExecutor).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>Executes a stage, or finds that it need not be.</summary>
    /// <param name="request">The stage with its inputs; <see cref="GraphWalk"/> says that it may go on.</param>
    /// <param name="publish">Is told what happens; its exceptions end the stage.</param>
    /// <param name="cancellationToken">The user's wish to stop.</param>
    /// <returns>The result; a failure and a cancellation are results, not exceptions.</returns>
    public async Task<StageResult> ExecuteAsync(StageRequest request, Action<RunEvent> publish, CancellationToken cancellationToken)
    {
        var notes = new List<string>();
        var result = await ListenedToAsync(
            request,
            happened =>
            {
                if (happened is StageNoted note)
                    lock (notes)
                        notes.Add(note.Message);
                publish(happened);
            },
            cancellationToken).ConfigureAwait(false);
        return notes.Count == 0 ? result : result with { Notes = notes };
    }

    private async Task<StageResult> ListenedToAsync(StageRequest request, Action<RunEvent> publish, CancellationToken cancellationToken)
    {
        var stage = request.Stage;
        var watch = Stopwatch.StartNew();
        FingerprintedStage? found = null;
        try
        {
            found = await check.CheckAsync(request, RunPins.Of(home, request.ParentRunId ?? request.RunId), cancellationToken).ConfigureAwait(false);
            if (found.Known is { } known)
                return Reused(found.Fingerprint, known, found.Reason, watch);

            using var own = await FileLock.AcquireAsync(
                home.StageLock(found.Fingerprint), shared: false,
                () => publish(new StageNoted(time.GetUtcNow(), stage.Name, "another process is making the same; waiting for it")), cancellationToken).ConfigureAwait(false);
            // It may have been made while we waited.
            if (!request.Force && check.Reusable(found.Fingerprint, out _) is { } made)
                return Reused(found.Fingerprint, made, "made by another process meanwhile", watch);

            if (request.BeforeExecution is { } look)
                await look(cancellationToken).ConfigureAwait(false);
            Remember(request, found, done: false);
            publish(new StageStarted(time.GetUtcNow(), stage.Name, stage.Descriptor.Type, found.Fingerprint, found.Reason, ParametersOf(stage)));
            var record = await RunAsync(request, found, publish, watch, cancellationToken).ConfigureAwait(false);
            Remember(request, found, done: true);
            return new(StageOutcome.Executed, found.Reason, watch.Elapsed.TotalSeconds)
            {
                Fingerprint = found.Fingerprint,
                Artifacts = artifacts.Named(record.Artifacts),
                Metrics = record.Metrics,
                Tags = record.Tags,
                MadeByRun = request.RunId,
            };
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            return new(StageOutcome.Cancelled, "cancelled", watch.Elapsed.TotalSeconds) { Fingerprint = found?.Fingerprint, Error = e };
        }
        catch (Exception e)
        {
            return new(StageOutcome.Failed, ParameterAdvice.Reason(e, stage), watch.Elapsed.TotalSeconds) { Fingerprint = found?.Fingerprint, Error = e };
        }
    }

    /// <summary>
    /// Finds what a stage makes where that is there already, and nothing needs to be executed or asked of another machine. Meant for callers who must not be kept waiting: what takes longer than
    /// <paramref name="patience"/>, such as the first digest of a large file, is left to <see cref="ExecuteAsync"/>, and so is all that is wrong.
    /// </summary>
    /// <param name="request">The stage with its inputs.</param>
    /// <param name="patience">How long it may look.</param>
    /// <param name="cancellationToken">The user's wish to stop.</param>
    /// <returns>The result, up to date; null where the stage has to be executed, or it is not known yet whether it has.</returns>
    public async Task<StageResult?> TryReuseAsync(StageRequest request, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (request.Force)
            return null;
        var watch = Stopwatch.StartNew();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            if (request.Stage.Stage.InputPaths().Any(p => p.Remote is not null))
                return null;
            var found = await check.CheckAsync(request, RunPins.Of(home, request.ParentRunId ?? request.RunId), limit.Token).ConfigureAwait(false);
            return found.Known is { } known ? Reused(found.Fingerprint, known, found.Reason, watch) : null;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // ExecuteAsync meets it again, and tells it as the stage's failure, after the retries that the stage asks for.
            return null;
        }
    }

    private static StageResult Reused(string fingerprint, FingerprintedStage.Reuse known, string reason, Stopwatch watch) =>
        new(StageOutcome.UpToDate, reason, watch.Elapsed.TotalSeconds)
        {
            Fingerprint = fingerprint,
            Artifacts = known.Artifacts,
            Metrics = known.Record.Metrics,
            Tags = known.Record.Tags,
            MadeByRun = known.Record.RunId,
        };

    private static Dictionary<string, string> ParametersOf(Graphs.ConfiguredStage stage) =>
        stage.Descriptor.Parameters.ToDictionary(p => p.Name, p => p.TextOf(stage.Stage));

    private async Task<FileLock?> GpuSlotAsync(StageResource resource, string stage, Action<RunEvent> publish, CancellationToken cancellationToken) =>
        resource == StageResource.Gpu
            ? await FileLock.AcquireAsync(
                Path.Combine(home.Locks, "gpu.lock"), shared: false,
                () => publish(new StageNoted(time.GetUtcNow(), stage, "the GPU is in use by another stage; waiting for it")), cancellationToken).ConfigureAwait(false)
            : null;

    private void Remember(StageRequest request, FingerprintedStage found, bool done) =>
        memories.Update(request.PipelineId, memory =>
        {
            memory.Stages[request.Stage.Name] = new(found.Document, request.RunId, done);
            return memory;
        }, later: done && request.MoreFollows);

    private async Task<StageRecord> RunAsync(StageRequest request, FingerprintedStage found, Action<RunEvent> publish, Stopwatch watch, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(home.Work, found.Fingerprint);
        if (request.Force)
            ArtifactStore.DeleteFolder(folder);
        Directory.CreateDirectory(folder);
        var stage = request.Stage;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                // Downloads first: the GPU is for others while they last.
                var files = await new RemoteInputs(check.BroughtFiles, stage.Name, publish, time).BringAsync(found, cancellationToken).ConfigureAwait(false);
                using var slot = await GpuSlotAsync(stage.Stage.Resource, stage.Name, publish, cancellationToken).ConfigureAwait(false);
                var pinned = found.Remote.ToDictionary(r => r.Parameter, r => r.Pinned, StringComparer.Ordinal);
                var work = new StageWork(stage.Name, found.Fingerprint, folder, request.Inputs, files, pinned, stage.Descriptor.Produces);
                var context = new StageContext(request.RunId, work, publish, services, sources, time);
                foreach (var (parameter, name) in pinned)
                    context.SetTag($"input/{parameter}", name);
                await AttemptAsync(stage.Stage, context, cancellationToken).ConfigureAwait(false);
                return Commit(request, found, work, context, folder, watch, cancellationToken);
            }
            catch (Exception e) when (attempt <= stage.Stage.Retries && !cancellationToken.IsCancellationRequested)
            {
                var delay = new Backoff(stage.Stage.RetryDelay, LongestDelay).After(attempt);
                publish(new StageAttemptFailed(time.GetUtcNow(), stage.Name, attempt, FailureText.Of(e), delay));
                await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task AttemptAsync(Stage stage, StageContext context, CancellationToken cancellationToken)
    {
        if (stage.Timeout <= TimeSpan.Zero)
        {
            await Task.Run(() => stage.RunAsync(context, cancellationToken), cancellationToken).ConfigureAwait(false);
            return;
        }

        using var clock = new CancellationTokenSource(stage.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, clock.Token);
        try
        {
            await Task.Run(() => stage.RunAsync(context, either.Token), either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (clock.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new StageException($"timed out after {stage.Timeout:c} (parameter {nameof(Stage.Timeout)})", e);
        }
    }

    // Artifacts first, the record last: a record never names an artifact that is not there.
    private StageRecord Commit(
        StageRequest request, FingerprintedStage found, StageWork work, StageContext context, string folder, Stopwatch watch, CancellationToken cancellationToken)
    {
        request.Fence?.Invoke();
        var made = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in request.Stage.Descriptor.Produces)
            made[name] = artifacts.Commit(work.OutputPath(name), cancellationToken).Digest;
        var record = new StageRecord(
            found.Fingerprint, found.Document, made, context.Metrics, context.Tags, watch.Elapsed.TotalSeconds, request.RunId, time.GetUtcNow(), EngineVersion,
            $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors, {RuntimeInformation.FrameworkDescription}")
        {
            Datasets = context.Datasets,
        };
        request.Fence?.Invoke();
        records.Save(record);
        ArtifactStore.DeleteFolder(folder);
        return record;
    }
}
