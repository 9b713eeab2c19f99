using System.Globalization;

namespace FineTuneWorkflows.Cli.Rendering;

/// <summary>How far a stage is, in words.</summary>
internal static class ProgressText
{
    /// <summary><c>40%  120/300 steps  loss 0.43  0.1 s left</c></summary>
    public static string Of(ProgressBoard.StageLine line) =>
        string.Join("  ", ((string?[])
            [
                line.Share is { } share ? Percent(share) : null,
                Counts(line), line.Progress?.Detail, Left(line),
            ]).Where(part => part is { Length: > 0 }));

    /// <summary><c>40%</c>, never more than is done.</summary>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(share * 100):0}%");

    /// <summary><c>120/300 steps</c>, <c>3.4 MB of 10.0 MB</c> for bytes; in brief <c>120/300</c>, <c>12k/50k</c>, <c>3.4/10.0 MB</c>.</summary>
    public static string Counts(ProgressBoard.StageLine line, bool brief = false)
    {
        if (line.Progress is not { } progress)
            return "";
        if (progress.Unit == "bytes")
            return progress.Total is { } size ? $"{Words.Size(progress.Completed)}{(brief ? "/" : " of ")}{Words.Size(size)}" : Words.Size(progress.Completed);
        return brief
            ? $"{Short(progress.Completed)}{(progress.Total is { } most ? "/" + Short(most) : "")}"
            : string.Create(CultureInfo.InvariantCulture, $"{progress.Completed:N0}{(progress.Total is { } total ? total.ToString("'/'#,0", CultureInfo.InvariantCulture) : "")} {progress.Unit}");
    }

    /// <summary><c>1 min 20 s left</c>; in brief <c>1:20</c>.</summary>
    public static string Left(ProgressBoard.StageLine line, bool brief = false) =>
        line.Left is not { } left ? ""
        : brief ? TimeSpan.FromSeconds(Math.Ceiling(left.TotalSeconds)) is var whole && whole.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{(long)whole.TotalHours}:{whole.Minutes:00}:{whole.Seconds:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{whole.Minutes}:{whole.Seconds:00}")
        : $"{Words.Duration(Math.Ceiling(left.TotalSeconds)).Replace(".0 s", " s", StringComparison.Ordinal)} left";

    private static string Short(long value) => value switch
    {
        < 10_000 => value.ToString(CultureInfo.InvariantCulture),
        < 10_000_000 => string.Create(CultureInfo.InvariantCulture, $"{value / 1000}k"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value / 1_000_000}M"),
    };
}
