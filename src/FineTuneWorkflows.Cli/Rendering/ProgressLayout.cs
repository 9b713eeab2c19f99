using FineTuneWorkflows.Pipelines.Contract.Events;


namespace FineTuneWorkflows.Cli.Rendering;

/// <summary>The live display's lines: one a stage, none wider than the terminal. Where it is narrow, figures are shortened first, then the bar goes, then names are cut.</summary>
internal static class ProgressLayout
{
    private const int Gap = 2, MarkGap = 1, ShortestName = 8;

    private static readonly Level[] Levels = [new(24, Brief: false, Whole: true), new(12, Brief: false, Whole: false), new(8, Brief: true, Whole: false), new(0, Brief: true, Whole: false)];

    private sealed record Level(int Bar, bool Brief, bool Whole);

    /// <param name="board">Where each stage is.</param>
    /// <param name="width">The columns of the terminal.</param>
    /// <param name="spinner">The mark of a running stage.</param>
    public static IReadOnlyList<IReadOnlyList<Part>> Lines(ProgressBoard board, int width, string spinner)
    {
        var names = board.Lines.Max(l => VisibleText.Width(VisibleText.Of(l.Name)));
        var level = Levels.FirstOrDefault(l => board.Lines.All(line => 1 + MarkGap + names + Rest(line, l, width).Sum(p => Gap + VisibleText.Width(p.Text)) <= width)) ?? Levels[^1];
        var widest = board.Lines.Max(line => Rest(line, level with { Whole = false }, width).Sum(p => Gap + VisibleText.Width(p.Text)));
        names = Math.Min(names, Math.Max(ShortestName, width - 1 - MarkGap - widest));
        return [.. board.Lines.Select(line => Line(line, level, names, width, spinner))];
    }

    private static IReadOnlyList<Part> Line(ProgressBoard.StageLine line, Level level, int names, int width, string spinner)
    {
        var (mark, tone) = Mark(line, spinner);
        var name = VisibleText.Cut(VisibleText.Of(line.Name), names);
        var rest = Rest(line, level, width).ToList();
        var parts = new List<Part> { new(mark, tone), new(new(' ', MarkGap), Tone.Plain), new(name, line.Finished is not null ? Tone.Plain : line.Started is null ? Tone.Dim : Tone.Bold) };
        var used = 1 + MarkGap + VisibleText.Width(name);
        var gap = Gap + names - VisibleText.Width(name);
        foreach (var part in rest)
        {
            var text = VisibleText.Cut(part.Text, Math.Max(0, width - used - gap));
            if (text.Length == 0)
                break;
            parts.Add(new(new(' ', gap), Tone.Plain));
            if (part.Tone == Tone.Bar)
                parts.AddRange(Bar(line.Share, VisibleText.Width(text)));
            else
                parts.Add(part with { Text = text });
            used += gap + VisibleText.Width(text);
            gap = Gap;
        }

        // Of what a stage says beside its count, as much as there is room for, in whole pieces.
        if (!level.Whole && line is { Finished: null, Progress.Detail: { Length: > 0 } detail })
            foreach (var piece in VisibleText.Of(detail).Split("  ", StringSplitOptions.RemoveEmptyEntries))
            {
                if (used + Gap + VisibleText.Width(piece) > width)
                    break;
                parts.Add(new(new string(' ', Gap) + piece, Tone.Plain));
                used += Gap + VisibleText.Width(piece);
            }

        return parts;
    }

    private static IEnumerable<Part> Rest(ProgressBoard.StageLine line, Level level, int width)
    {
        if (line.Finished is { } finished)
        {
            yield return new(finished.Outcome.Name(), ToneOf(finished.Outcome));
            if (finished.Outcome == StageOutcome.Executed)
                yield return new(Words.Duration(finished.Seconds), Tone.Plain);
            yield break;
        }

        if (line.Started is null)
            yield break;
        if (level.Bar > 0)
            yield return new(new('─', level.Bar), Tone.Bar);
        else if (line.Share is { } share)
            yield return new(ProgressText.Percent(share), Tone.Plain);
        if (ProgressText.Counts(line, level.Brief) is { Length: > 0 } counts)
            yield return new(VisibleText.Of(counts), Tone.Plain);
        if (ProgressText.Left(line, level.Brief) is { Length: > 0 } left)
            yield return new(left, Tone.Plain);
        if (level.Whole && line.Progress?.Detail is { Length: > 0 } detail)
            yield return new(VisibleText.Of(detail), Tone.Plain);
    }

    private static IEnumerable<Part> Bar(double? share, int width)
    {
        var filled = (int)Math.Round((share ?? 0) * width);
        yield return new(new('━', filled), Tone.Executed);
        yield return new(new('─', width - filled), Tone.Dim);
    }

    private static (string Mark, Tone Tone) Mark(ProgressBoard.StageLine line, string spinner) => line.Finished?.Outcome switch
    {
        null => line.Started is null ? ("·", Tone.Plain) : (spinner, Tone.Running),
        StageOutcome.Executed => ("✓", Tone.Executed),
        StageOutcome.UpToDate => ("=", Tone.UpToDate),
        StageOutcome.Failed => ("✗", Tone.Failed),
        StageOutcome.Cancelled => ("■", Tone.Running),
        _ => ("-", Tone.Dim),
    };

    private static Tone ToneOf(StageOutcome outcome) => outcome switch
    {
        StageOutcome.Executed => Tone.Executed,
        StageOutcome.UpToDate => Tone.UpToDate,
        StageOutcome.Failed => Tone.Failed,
        StageOutcome.Cancelled => Tone.Running,
        _ => Tone.Dim,
    };
}
