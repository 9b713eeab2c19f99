using System.Globalization;

namespace FineTuneWorkflows.Cli.Rendering;

/// <summary>How far a stage is, in words.</summary>
internal static class ProgressText
{
    /// <summary><c>40%  120/300 steps  loss 0.43  0.1 s left</c></summary>
    public static string Of(ProgressBoard.StageLine line) =>
        string.Join("  ", ((string?[])
            [
                line.Share is { } share ? string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(share * 100):0}%") : null,
                Counts(line), line.Progress?.Detail, Left(line),
            ]).Where(part => part is { Length: > 0 }));

    /// <summary><c>120/300 steps</c>, <c>3.4/10.0 MB</c> for bytes.</summary>
    public static string Counts(ProgressBoard.StageLine line)
    {
        if (line.Progress is not { } progress)
            return "";
        if (progress.Unit == "bytes")
            return progress.Total is { } size ? $"{Words.Size(progress.Completed)} of {Words.Size(size)}" : Words.Size(progress.Completed);
        return string.Create(
            CultureInfo.InvariantCulture, $"{progress.Completed:N0}{(progress.Total is { } total ? total.ToString("'/'#,0", CultureInfo.InvariantCulture) : "")} {progress.Unit}");
    }

    /// <summary><c>1 min 20 s left</c></summary>
    public static string Left(ProgressBoard.StageLine line) => line.Left is { } left ? $"{Words.Duration(Math.Ceiling(left.TotalSeconds)).Replace(".0 s", " s", StringComparison.Ordinal)} left" : "";
}
