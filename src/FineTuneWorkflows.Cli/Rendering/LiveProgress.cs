using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Pipelines.Journals;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace FineTuneWorkflows.Cli.Rendering;

// Inside the namespace, where it goes before our own FineTuneWorkflows.Text.
using Text = Spectre.Console.Text;

/// <summary>Progress at a terminal: a line per stage with mark, name, bar, counts, detail and time left, drawn anew eight times a second.</summary>
internal sealed class LiveProgress : IRunObserver, IAsyncDisposable
{
    private const int BarWidth = 24;
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(125);
    private static readonly string[] Spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

    private readonly ProgressBoard board;
    private readonly Lock gate = new();
    private readonly Queue<string> messages = new();
    private readonly CancellationTokenSource done = new();
    private readonly TextWriter writer;
    private Task drawing = Task.CompletedTask;
    private int frame;

    private LiveProgress(Pipeline pipeline, TextWriter writer)
    {
        board = new(pipeline);
        this.writer = writer;
    }

    public static LiveProgress Start(Pipeline pipeline, CommandContext context)
    {
        var progress = new LiveProgress(pipeline, context.Out);
        var ansi = AnsiConsole.Create(new()
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = context.Console.Colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(context.Out),
        });
        ansi.Profile.Width = context.Console.Width;
        ansi.Profile.Capabilities.Unicode = true;
        context.Interruption.BeforeExit = progress.ShowCursor;
        progress.drawing = Task.Run(() => ansi.Live(progress.Render()).AutoClear(true).StartAsync(live => progress.DrawAsync(ansi, live)));
        return progress;
    }

    public void OnEvent(RunEvent runEvent)
    {
        lock (gate)
        {
            var line = board.Apply(runEvent);
            if (runEvent is StageNoted note)
                messages.Enqueue($"{line!.Name}: {note.Message}");
            else if (runEvent is StageAttemptFailed failed)
                messages.Enqueue($"{line!.Name}: attempt {failed.Attempt} failed, next in {Words.Duration(failed.Delay.TotalSeconds)}: {failed.Message}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await done.CancelAsync().ConfigureAwait(false);
        await drawing.ConfigureAwait(false);
        done.Dispose();
    }

    /// <summary>The display as it stands.</summary>
    internal IRenderable Render()
    {
        var grid = new Grid().AddColumns(6);
        for (var i = 0; i < 6; i++)
            grid.Columns[i].NoWrap().PadLeft(0).PadRight(i == 5 ? 0 : 2);
        lock (gate)
        {
            frame++;
            foreach (var line in board.Lines)
                grid.AddRow(Row(line));
        }

        return grid;
    }

    private IRenderable[] Row(ProgressBoard.StageLine line)
    {
        if (line.Finished is { } finished)
        {
            var (mark, style) = Mark(finished.Outcome);
            return
            [
                new Text(mark, style), new Text(line.Name), new Text(finished.Outcome.Name(), style),
                new Text(finished.Outcome == StageOutcome.Executed ? Words.Duration(finished.Seconds) : ""), new Text(""), new Text(""),
            ];
        }

        if (line.Started is null)
            return [new Text("·", Style.Plain), new Text(line.Name, new(decoration: Decoration.Dim)), new Text(""), new Text(""), new Text(""), new Text("")];
        return
        [
            new Text(Spinner[frame % Spinner.Length], new(Color.Yellow)), new Text(line.Name, new(decoration: Decoration.Bold)), Bar(line.Share),
            new Text(ProgressText.Counts(line)), new Text(line.Progress?.Detail ?? ""), new Text(ProgressText.Left(line)),
        ];
    }

    private static Paragraph Bar(double? share)
    {
        var filled = (int)Math.Round((share ?? 0) * BarWidth);
        return new Paragraph().Append(new('━', filled), new(Color.Green)).Append(new('─', BarWidth - filled), new(decoration: Decoration.Dim));
    }

    private static (string Mark, Style Style) Mark(StageOutcome outcome) => outcome switch
    {
        StageOutcome.Executed => ("✓", new(Color.Green)),
        StageOutcome.UpToDate => ("=", new(Color.Aqua)),
        StageOutcome.Failed => ("✗", new(Color.Red)),
        StageOutcome.Cancelled => ("■", new(Color.Yellow)),
        _ => ("-", new(decoration: Decoration.Dim)),
    };

    private async Task DrawAsync(IAnsiConsole ansi, LiveDisplayContext live)
    {
        while (!done.IsCancellationRequested)
        {
            WriteMessages(ansi);
            live.UpdateTarget(Render());
            await Task.Delay(Frame, done.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        WriteMessages(ansi);
    }

    private void WriteMessages(IAnsiConsole ansi)
    {
        lock (gate)
            while (messages.TryDequeue(out var message))
                ansi.Write(new MessageAbove(message));
    }

    private void ShowCursor()
    {
        writer.Write("\e[?25h\n");
        writer.Flush();
    }
}
