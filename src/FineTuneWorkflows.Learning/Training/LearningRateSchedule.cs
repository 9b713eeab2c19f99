namespace FineTuneWorkflows.Learning.Training;

/// <summary>The learning rate of every step: a warm-up in a straight line, then the chosen course.</summary>
public sealed class LearningRateSchedule
{
    private readonly ScheduleKind _kind;
    private readonly double _peak, _power;
    private readonly long _totalSteps;

    /// <summary>The schedule of a training.</summary>
    /// <param name="options">Kind, peak, warm-up and power.</param>
    /// <param name="totalSteps">The number of steps of the whole training.</param>
    /// <exception cref="TrainingException">The warm-up is longer than the training.</exception>
    public LearningRateSchedule(TrainingOptions options, long totalSteps)
    {
        (_kind, _peak, _power, _totalSteps) = (options.Schedule, options.LearningRate, options.SchedulePower, totalSteps);
        WarmupSteps = options.WarmupSteps ?? (long)Math.Ceiling(options.WarmupRatio * totalSteps);
        if (WarmupSteps > totalSteps)
            throw new TrainingException($"WarmupSteps is {WarmupSteps}, but the whole training has {totalSteps} steps, so the learning rate would never reach "
                + "LearningRate. Warm up in fewer steps, or set more Epochs.");
    }

    /// <summary>The number of warm-up steps; those of a ratio are rounded up.</summary>
    public long WarmupSteps { get; }

    /// <summary>The rate of a step, counted from 0. The first step already learns; the last one's rate is above 0.</summary>
    public double At(long step)
    {
        if (step < WarmupSteps)
            return _peak * (step + 1) / WarmupSteps;
        double done = (double)(step - WarmupSteps) / Math.Max(1, _totalSteps - WarmupSteps);
        return _kind switch
        {
            ScheduleKind.Linear => _peak * (1 - done),
            ScheduleKind.Cosine => _peak * 0.5 * (1 + Math.Cos(Math.PI * done)),
            ScheduleKind.Polynomial => _peak * Math.Pow(1 - done, _power),
            _ => _peak,
        };
    }
}
