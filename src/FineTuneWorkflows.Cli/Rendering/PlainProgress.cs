using System.Globalization;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Cli.Rendering;

/// <summary>
/// Progress in lines, for where output is no terminal: a line when a stage starts and one when it ends; between them a line at each further tenth or after half a minute, never less than
/// five seconds apart.
/// </summary>
internal sealed class PlainProgress : IRunObserver
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly Pipeline pipeline;
    private readonly TextWriter writer;
    private readonly ProgressBoard board;

    public PlainProgress(Pipeline pipeline, TextWriter writer)
    {
        this.pipeline = pipeline;
        this.writer = writer;
        board = new(pipeline);
    }

    public void OnEvent(RunEvent runEvent)
    {
        var line = board.Apply(runEvent);
        switch (runEvent)
        {
            case RunStarted e:
                Begin($"Run {e.RunId} of {e.Name}: {Words.Count(pipeline.Stages.Count, "stage")}");
                break;
            case RunResumed e:
                Begin($"Run {e.RunId} of {pipeline.Definition.Name} continues where it stopped");
                break;
            case StageStarted e:
                line!.LastSaid = new(e.Time, 0);
                Say(line!, $"runs: {e.Reason}");
                break;
            case StageProgressed e when IsDue(e, line!):
                line!.LastSaid = new(e.Time, Tenth(line!));
                Say(line!, ProgressText.Of(line!));
                break;
            case StageNoted e:
                Say(line!, $"note: {e.Message}");
                break;
            case StageAttemptFailed e:
                Say(line!, $"attempt {e.Attempt} failed, next in {Words.Duration(e.Delay.TotalSeconds)}: {e.Message}");
                break;
            case StageFinished e:
                Say(line!, Ended(e));
                break;
        }
    }

    private static string Ended(StageFinished e) => e.Outcome switch
    {
        StageOutcome.Executed => $"done in {Words.Duration(e.Seconds)}",
        StageOutcome.UpToDate => e.Reason,
        StageOutcome.Failed => $"failed after {Words.Duration(e.Seconds)}",
        StageOutcome.Cancelled => $"cancelled after {Words.Duration(e.Seconds)}",
        _ => $"skipped: {e.Reason}",
    };

    private static int Tenth(ProgressBoard.StageLine line) => (int)((line.Share ?? 0) * 10);

    private bool IsDue(StageProgressed e, ProgressBoard.StageLine line) =>
        line.LastSaid is { } last && e.Time - last.Time >= Shortest && (Tenth(line) != last.Tenth || e.Time - last.Time >= Longest);

    private void Begin(string text)
    {
        writer.WriteLine(text);
        foreach (var note in pipeline.Notes)
            writer.WriteLine($"note: {note}");
        writer.Flush();
    }

    private void Say(ProgressBoard.StageLine line, string text)
    {
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"[{line.Number}/{board.Lines.Count}] {line.Name}: {text}"));
        writer.Flush();
    }
}
