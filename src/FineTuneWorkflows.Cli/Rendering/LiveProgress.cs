using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Pipelines.Journals;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace FineTuneWorkflows.Cli.Rendering;

/// <summary>Progress at a terminal: a line per stage with mark, name, bar, counts, time left and detail, drawn anew eight times a second.</summary>
internal sealed class LiveProgress : IRunObserver, IAsyncDisposable
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(125);
    private static readonly string[] Spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

    private readonly ProgressBoard board;
    private readonly Lock gate = new();
    private readonly Queue<string> messages = new();
    private readonly CancellationTokenSource done = new();
    private readonly TextWriter writer;
    private readonly int width;
    private Task drawing = Task.CompletedTask;
    private int frame;

    private LiveProgress(Pipeline pipeline, TextWriter writer, int width)
    {
        board = new(pipeline);
        this.writer = writer;
        // Some terminals go on to the next line as soon as the last column is written.
        this.width = width - 1;
    }

    public static LiveProgress Start(Pipeline pipeline, CommandContext context)
    {
        var writer = VisibleWriter.Under(context.Out);
        var progress = new LiveProgress(pipeline, writer, context.Console.Width);
        var ansi = AnsiConsole.Create(new()
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = context.Console.Colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
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
                messages.Enqueue(VisibleText.Lines($"{line!.Name}: {note.Message}"));
            else if (runEvent is StageAttemptFailed failed)
                messages.Enqueue(VisibleText.Lines($"{line!.Name}: attempt {failed.Attempt} failed, next in {Words.Duration(failed.Delay.TotalSeconds)}: {failed.Message}"));
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
        lock (gate)
        {
            frame++;
            return new Rows(ProgressLayout.Lines(board, width, Spinner[frame % Spinner.Length]).Select(Drawn));
        }
    }

    private static Paragraph Drawn(IReadOnlyList<Part> line)
    {
        var paragraph = new Paragraph();
        foreach (var (text, tone) in line)
            paragraph.Append(text, StyleOf(tone));
        return paragraph;
    }

    private static Style StyleOf(Tone tone) => tone switch
    {
        Tone.Bold => new(decoration: Decoration.Bold),
        Tone.Dim or Tone.Bar => new(decoration: Decoration.Dim),
        Tone.Running => new(Color.Yellow),
        Tone.Executed => new(Color.Green),
        Tone.UpToDate => new(Color.Aqua),
        Tone.Failed => new(Color.Red),
        _ => Style.Plain,
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
