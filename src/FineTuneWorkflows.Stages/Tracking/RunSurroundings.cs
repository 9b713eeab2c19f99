using System.Globalization;
using FineTuneWorkflows.Foundation.Files;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Tracking.Events;
using FineTuneWorkflows.Tracking.SystemMetrics;
using RunStarted = FineTuneWorkflows.Pipelines.Contract.Events.RunStarted;

namespace FineTuneWorkflows.Stages.Tracking;

/// <summary>
/// Notes what surrounds a run: the definition as it was, the commit it lies at, and, while stages are executed, how busy the machine is. It works beside the stages, and no stage ends before definition and commit are noted; a run in
/// which nothing is executed is not watched at all.
/// </summary>
public sealed class RunSurroundings : IRunReporter, IAsyncDisposable
{
    /// <summary>The definition's name in the run's folder.</summary>
    public const string DefinitionFile = "definition.json";

    /// <summary>The patch's name in the run's folder: how the code differs from the commit.</summary>
    public const string PatchFile = "uncommitted.patch";

    private const int LongestPatch = 1 << 20;

    private static readonly TimeSpan FirstSample = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GitPatience = TimeSpan.FromSeconds(10);

    private readonly Home home;
    private readonly Action<string> say;
    private readonly Func<CancellationToken, Task<string?>>? definition;
    private readonly TimeSpan interval;
    private readonly TrackingDestination destination;
    private readonly CancellationTokenSource stop = new();
    private readonly HashSet<string> executing = new(StringComparer.Ordinal);
    private string runId = "";
    private string? file;
    private Action<RunEvent> publish = _ => { };
    private readonly TaskCompletionSource noted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? work;

    /// <summary>Makes one for one run.</summary>
    /// <param name="home">The home.</param>
    /// <param name="say">Told, in a sentence, what could not be noted.</param>
    /// <param name="definition">Gives the definition as JSON. Default: it is read from the file that the run was started from.</param>
    /// <param name="interval">
    /// The time between two looks at the machine; zero never looks. Default: ten seconds, or what <c>MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL</c> says, or never where
    /// <c>MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING</c> is false.
    /// </param>
    /// <param name="destination">Where the run belongs on a tracking server. Default: what the environment says.</param>
    public RunSurroundings(
        Home home, Action<string> say, Func<CancellationToken, Task<string?>>? definition = null, TimeSpan? interval = null, TrackingDestination? destination = null)
    {
        this.destination = destination ?? new();
        this.home = home;
        this.say = say;
        this.definition = definition;
        this.interval = interval ?? IntervalFrom(Environment.GetEnvironmentVariable);
    }

    /// <summary>What the environment says of the time between two looks.</summary>
    internal static TimeSpan IntervalFrom(Func<string, string?> variable)
    {
        if (variable("MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING") is { } enabled && (enabled.Equals("false", StringComparison.OrdinalIgnoreCase) || enabled == "0"))
            return TimeSpan.Zero;
        return double.TryParse(variable("MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL"), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 1e6
            ? TimeSpan.FromSeconds(seconds)
            : TimeSpan.FromSeconds(10);
    }

    /// <inheritdoc />
    public void Attach(string runId, Action<RunEvent> publish)
    {
        this.runId = runId;
        this.publish = publish;
    }

    /// <inheritdoc />
    public RunStarted Introduce(RunStarted started) => destination.Of(started);

    /// <inheritdoc />
    public void OnEvent(RunEvent runEvent)
    {
        switch (runEvent)
        {
            case RunStarted started:
                file = started.Definition;
                break;
            case StageStarted stage:
                lock (executing)
                    executing.Add(stage.StageId);
                work ??= Task.Run(() => WatchAsync(stop.Token));
                break;
            case StageFinished stage:
                lock (executing)
                    executing.Remove(stage.StageId);
                break;
        }
    }

    /// <inheritdoc />
    public Task SettleAsync(CancellationToken cancellationToken) => work is null ? Task.CompletedTask : noted.Task.WaitAsync(cancellationToken);

    /// <summary>Looks no more.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        if (work is not null)
            await work.ConfigureAwait(false);
        stop.Dispose();
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        try
        {
            await KeepDefinitionAsync(cancellationToken).ConfigureAwait(false);
            await NoteCommitAsync(cancellationToken).ConfigureAwait(false);
            noted.TrySetResult();
            await SampleAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return; // The run is over.
        }
        catch (Exception e) // Whatever it is, the run goes on without it.
        {
            say($"warning: what surrounds the run is not noted any more: {e.Message}");
        }
        finally
        {
            noted.TrySetResult();
        }
    }

    // A resumed run keeps the definition it was begun with.
    private async Task KeepDefinitionAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(home.Runs, runId, DefinitionFile);
        if (!File.Exists(path))
        {
            var json = definition is not null ? await definition(cancellationToken).ConfigureAwait(false)
                : File.Exists(file) ? await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false) : null;
            if (json is null)
                return;
            DurableFile.Write(path, System.Text.Encoding.UTF8.GetBytes(MaskedJson.Of(json, new())), flush: false);
        }

        publish(new RunFileKept(DateTimeOffset.UtcNow, DefinitionFile));
    }

    private async Task NoteCommitAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(GitPatience);
        try
        {
            var folder = Path.GetDirectoryName(file) is { Length: > 0 } own ? own : Environment.CurrentDirectory;
            if (await GitState.ReadAsync(folder, limit.Token).ConfigureAwait(false) is not { } git)
                return;
            publish(new RunTagged(DateTimeOffset.UtcNow, git.ToTags()));
            if (git.Dirty)
                await KeepPatchAsync(folder, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            say($"warning: Git did not answer within {GitPatience.TotalSeconds:0} seconds; the run's commit is not noted");
        }
    }

    // A resumed run keeps the patch it was begun with.
    private async Task KeepPatchAsync(string folder, CancellationToken cancellationToken)
    {
        var path = Path.Combine(home.Runs, runId, PatchFile);
        if (!File.Exists(path))
        {
            if (await GitState.PatchAsync(folder, file is null ? null : Path.GetFullPath(file), cancellationToken).ConfigureAwait(false) is not { } patch)
                return;
            if (patch.Length > LongestPatch)
            {
                say($"warning: the files that differ from the commit make a patch of {patch.Length / 1024} KiB; above {LongestPatch / 1024} KiB it is not kept");
                return;
            }

            DurableFile.Write(path, System.Text.Encoding.UTF8.GetBytes(new SecretMask().Mask(patch)), flush: false);
        }

        publish(new RunFileKept(DateTimeOffset.UtcNow, PatchFile));
    }

    // The step is the second of the run, so that the values of several processes make one curve.
    private async Task SampleAsync(CancellationToken cancellationToken)
    {
        if (interval <= TimeSpan.Zero)
            return;
        var started = RunJournal.Read(RunJournal.PathOf(home, runId)).First().Event.Time;
        var sampler = new SystemMetricsSampler();
        for (var pause = FirstSample < interval ? FirstSample : interval; ; pause = interval)
        {
            await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
            bool busy;
            lock (executing)
                busy = executing.Count > 0;
            if (!busy)
                continue;
            var now = DateTimeOffset.UtcNow;
            var step = Math.Max(0, (long)(now - started).TotalSeconds);
            publish(new RunMeasured(now, step, sampler.Sample(step, now).ToDictionary(p => p.Key, p => p.Value)));
        }
    }
}
