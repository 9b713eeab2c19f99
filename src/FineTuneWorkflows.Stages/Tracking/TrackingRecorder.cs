using System.Threading.Channels;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Stages.Tracking;

/// <summary>
/// Has the journals imported into the tracking outbox while a run goes on and when it ends, on a thread of its own: tracking never holds up a stage and never fails a run. A run in which
/// nothing was executed opens no database; its journal is imported with the next.
/// </summary>
public sealed class TrackingRecorder : IRunObserver, IAsyncDisposable
{
    // Made when it is needed, so that a run in which nothing is executed does not even load the library.
    private readonly Lazy<Channel<bool>> wishes = new(() => Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }));
    private readonly Func<JournalImporter> importer;
    private readonly Action<Exception> onError;
    private readonly Action<string> onProblem;
    private readonly HashSet<string> told = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeSpan pause;
    private readonly bool always;
    private Task? work;

    /// <summary>Makes a recorder.</summary>
    /// <param name="importer">Makes the importer when it is first needed.</param>
    /// <param name="onError">Is told when an import failed; nothing is lost, the next one goes on there.</param>
    /// <param name="always">Whether a run in which nothing is executed is recorded at once, too. Default: no, with the next.</param>
    /// <param name="pause">The least time between two imports. Default: one second.</param>
    /// <param name="onProblem">Is told, once each, what an import left out. Default: nobody.</param>
    public TrackingRecorder(Func<JournalImporter> importer, Action<Exception> onError, bool always = false, TimeSpan? pause = null, Action<string>? onProblem = null)
    {
        this.onProblem = onProblem ?? (_ => { });
        this.importer = importer;
        this.onError = onError;
        this.always = always;
        this.pause = pause ?? TimeSpan.FromSeconds(1);
    }

    /// <summary>Makes the recorder of a home's runs.</summary>
    /// <param name="home">The home.</param>
    /// <param name="services">The stages' services over that home.</param>
    /// <param name="say">Told, in a sentence, when an import failed.</param>
    /// <param name="always">Whether a run in which nothing is executed is recorded at once, too. Default: no, with the next.</param>
    public static TrackingRecorder For(Home home, StageServices services, Action<string> say, bool always = false) => new(
        () => new JournalImporter(home, services.Store),
        e => say($"warning: the run's history could not be recorded ({e.Message}); its journal is kept and recorded with the next run"),
        always, onProblem: problem => say($"warning: {problem}"));

    /// <inheritdoc />
    public void OnEvent(RunEvent runEvent)
    {
        if (always || runEvent is StageStarted)
            work ??= Task.Run(ImportAsync);
        if (work is not null && runEvent is not StageProgressed)
            wishes.Value.Writer.TryWrite(true);
    }

    /// <summary>Waits until all that happened so far is imported.</summary>
    public async ValueTask DisposeAsync()
    {
        if (work is null)
            return;
        over.TrySetResult();
        wishes.Value.Writer.TryComplete();
        await work.ConfigureAwait(false);
    }

    private async Task ImportAsync()
    {
        try
        {
            var made = importer();
            await foreach (var _ in wishes.Value.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                Import(made);
                await Task.WhenAny(Task.Delay(pause), over.Task).ConfigureAwait(false);
            }

            Import(made);
        }
        catch (Exception e)
        {
            onError(e);
        }
    }

    private void Import(JournalImporter made)
    {
        foreach (var problem in made.ImportAll())
            if (told.Add(problem))
                onProblem(problem);
    }
}
