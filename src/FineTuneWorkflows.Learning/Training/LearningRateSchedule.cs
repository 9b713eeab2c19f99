namespace FineTuneWorkflows.Learning.Training;

/// <summary>The learning rate of every step: a warm-up in a straight line, then the chosen course.</summary>
/// <param name="kind">The course after the warm-up.</param>
/// <param name="peak">The rate at the end of the warm-up.</param>
/// <param name="totalSteps">The number of steps of the whole training.</param>
/// <param name="warmupRatio">The share of steps to warm up in, 0 to 1.</param>
public sealed class LearningRateSchedule(ScheduleKind kind, double peak, long totalSteps, double warmupRatio)
{
    /// <summary>The number of warm-up steps, rounded up.</summary>
    public long WarmupSteps { get; } = (long)Math.Ceiling(warmupRatio * totalSteps);

    /// <summary>The rate of a step, counted from 0. The first step already learns; the last one's rate is above 0.</summary>
    public double At(long step)
    {
        if (step < WarmupSteps)
            return peak * (step + 1) / WarmupSteps;
        double done = (double)(step - WarmupSteps) / Math.Max(1, totalSteps - WarmupSteps);
        return kind switch
        {
            ScheduleKind.Linear => peak * (1 - done),
            ScheduleKind.Cosine => peak * 0.5 * (1 + Math.Cos(Math.PI * done)),
            _ => peak,
        };
    }
}
