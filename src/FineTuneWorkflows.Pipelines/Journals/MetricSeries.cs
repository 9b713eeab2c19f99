namespace FineTuneWorkflows.Pipelines.Journals;

/// <summary>
/// The course of a metric over the steps. However many values there were, it keeps at most <see cref="Capacity"/>: when full, it drops every second one and from then on takes
/// half as many. The first value is always kept, and <see cref="Last"/> is the last whether kept or not.
/// </summary>
public sealed class MetricSeries
{
    /// <summary>The most values it keeps.</summary>
    public const int Capacity = 1024;

    private readonly List<Point> points = [];
    private long seen;
    private long stride = 1;

    /// <summary>A value at a step.</summary>
    /// <param name="Step">The step.</param>
    /// <param name="Value">The value.</param>
    public readonly record struct Point(long Step, double Value);

    /// <summary>The values kept, in the order of their steps.</summary>
    public IReadOnlyList<Point> Points => points;

    /// <summary>The last value.</summary>
    public Point Last { get; private set; }

    // A run that resumes from a checkpoint repeats the steps behind it; the later values are those that count.
    internal void Add(long step, double value)
    {
        if (seen > 0 && step <= Last.Step)
            points.RemoveAll(p => p.Step >= step);
        Last = new(step, value);
        if (seen++ % stride != 0 && points.Count > 0)
            return;
        points.Add(Last);
        if (points.Count < Capacity)
            return;
        for (var i = 1; i < points.Count; i++)
            points.RemoveAt(i);
        stride *= 2;
    }
}
