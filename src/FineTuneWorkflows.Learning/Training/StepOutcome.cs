namespace FineTuneWorkflows.Learning.Training;

/// <summary>What one step came to.</summary>
/// <param name="LossSum">The sum of the batch's losses.</param>
/// <param name="Weight">What the mean loss divides by.</param>
/// <param name="GradientNorm">The norm of all gradients together, before clipping.</param>
/// <param name="Tokens">Tokens, padding not counted.</param>
/// <param name="Places">Tokens and padding.</param>
/// <param name="Operations">The floating-point operations that the gradients needed; see <see cref="StepOperations"/>.</param>
/// <param name="UpdateSeconds">How long the optimizer took.</param>
internal readonly record struct StepOutcome(double LossSum, double Weight, double GradientNorm, int Tokens, int Places, double Operations, double UpdateSeconds)
{
    /// <summary>The mean loss; 0 where nothing counted.</summary>
    public double Loss => Weight > 0 ? LossSum / Weight : LossSum;
}
