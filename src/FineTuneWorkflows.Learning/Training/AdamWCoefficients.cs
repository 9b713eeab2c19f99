namespace FineTuneWorkflows.Learning.Training;

/// <summary>The numbers of one AdamW step, worked out in double precision.</summary>
/// <param name="GradientScale">What gradients are multiplied with, for clipping.</param>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta1Rest">1 - beta1.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Beta2Rest">1 - beta2.</param>
/// <param name="Keep">1 - rate x weight decay.</param>
/// <param name="StepSize">Rate over the first moment's bias correction.</param>
/// <param name="RootOfCorrection2">Square root of the second moment's bias correction.</param>
/// <param name="Epsilon">Added to the root of the second moment.</param>
internal readonly record struct AdamWCoefficients(
    float GradientScale, float Beta1, float Beta1Rest, float Beta2, float Beta2Rest, float Keep, float StepSize, float RootOfCorrection2,
    float Epsilon)
{
    public static AdamWCoefficients Of(TrainingOptions options, double rate, double decay, long step, double gradientScale) => new(
        (float)gradientScale,
        (float)options.Beta1,
        (float)(1 - options.Beta1),
        (float)options.Beta2,
        (float)(1 - options.Beta2),
        (float)(1 - (rate * decay)),
        (float)(rate / (1 - Math.Pow(options.Beta1, step))),
        (float)Math.Sqrt(1 - Math.Pow(options.Beta2, step)),
        (float)options.Epsilon);
}
