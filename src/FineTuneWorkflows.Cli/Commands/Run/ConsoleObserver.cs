using FineTuneWorkflows.Cli.Diagnostics;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Cli.Rendering;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Cli.Commands.Run;

/// <summary>
/// Tells the user how a run goes on: live at a terminal, in lines elsewhere, and in a log on standard error where more was asked for. The live display is made when the first stage
/// starts, so that a run with nothing to do loads none of it.
/// </summary>
internal sealed class ConsoleObserver : IRunObserver, IAsyncDisposable
{
    private readonly IRunObserver? lines;
    private readonly Func<IRunObserver>? makeLive;
    private readonly Func<IRunObserver>? makeLog;
    private readonly List<RunEvent> early = [];
    private IRunObserver? live;
    private IRunObserver? log;

    private ConsoleObserver(IRunObserver? lines, Func<IRunObserver>? makeLive, Func<IRunObserver>? makeLog)
    {
        this.lines = lines;
        this.makeLive = makeLive;
        this.makeLog = makeLog;
    }

    public static ConsoleObserver Create(Pipeline pipeline, CommandContext context, bool asJson)
    {
        var shows = !asJson && context.Verbosity >= Verbosity.Normal;
        var detailed = context.Verbosity >= Verbosity.Detailed;
        // Log lines would tear a live display apart.
        var atTerminal = shows && context.Console.IsTerminal && !detailed;
        return new(
            shows && !atTerminal ? new PlainProgress(pipeline, context.Out) : null,
            atTerminal ? () => LiveProgress.Start(pipeline, context) : null,
            detailed ? () => DiagnosticLog.Start(context.Verbosity) : null);
    }

    public void OnEvent(RunEvent runEvent)
    {
        lines?.OnEvent(runEvent);
        if (makeLog is not null)
            (log ??= makeLog()).OnEvent(runEvent);
        if (makeLive is null)
            return;
        if (live is null && runEvent is not (StageStarted or StageFinished { Outcome: StageOutcome.Failed } or StageNoted))
        {
            early.Add(runEvent);
            return;
        }

        if (live is null)
        {
            live = makeLive();
            early.ForEach(live.OnEvent);
            early.Clear();
        }

        live.OnEvent(runEvent);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var observer in (IRunObserver?[])[live, log])
            if (observer is IAsyncDisposable disposable)
                await disposable.DisposeAsync().ConfigureAwait(false);
    }
}
