using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Cli.Rendering;

/// <summary>The course of a metric, drawn with block elements: each column is the mean of its steps, the left edge names the largest and the smallest mean.</summary>
internal static class Curve
{
    private const int Widest = 60;
    private const int Height = 5;
    private const int LongestLabel = 11;
    private const string Eighths = " ▁▂▃▄▅▆▇█";

    /// <summary>The lines of the drawing; none where fewer than two values are finite.</summary>
    /// <param name="points">The values.</param>
    /// <param name="room">The columns there are for the drawing and its labels.</param>
    public static IReadOnlyList<string> Lines(IReadOnlyList<MetricSeries.Point> points, int room = int.MaxValue)
    {
        var columns = Columns([.. points.Where(p => double.IsFinite(p.Value))], Math.Clamp(room - LongestLabel, 10, Widest));
        if (columns.Count < 2)
            return [];
        var (low, high) = (columns.Min(), columns.Max());
        var labels = (High: Words.Number(high), Low: Words.Number(low));
        var margin = Math.Max(labels.High.Length, labels.Low.Length);
        var lines = new List<string>();
        for (var row = Height - 1; row >= 0; row--)
        {
            var label = row == Height - 1 ? labels.High : row == 0 ? labels.Low : "";
            lines.Add($"{label.PadLeft(margin)} {string.Concat(columns.Select(value => Block(value, low, high, row)))}".TrimEnd());
        }

        return lines;
    }

    // The lowest value still shows one eighth.
    private static char Block(double value, double low, double high, int row)
    {
        var eighths = high > low ? 1 + (int)Math.Round((value - low) / (high - low) * ((Height * 8) - 1)) : Height * 4;
        return Eighths[Math.Clamp(eighths - (row * 8), 0, 8)];
    }

    private static List<double> Columns(List<MetricSeries.Point> points, int width)
    {
        if (points.Count <= width)
            return [.. points.Select(p => p.Value)];
        var columns = new List<double>();
        for (var i = 0; i < width; i++)
        {
            var (from, to) = (i * points.Count / width, (i + 1) * points.Count / width);
            columns.Add(points.GetRange(from, to - from).Average(p => p.Value));
        }

        return columns;
    }
}
