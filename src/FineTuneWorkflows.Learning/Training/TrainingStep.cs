namespace FineTuneWorkflows.Learning.Training;

/// <summary>One step of a training.</summary>
/// <param name="Step">The step, from 1, counted over all epochs.</param>
/// <param name="TotalSteps">The number of steps of the whole training.</param>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Loss">The batch's mean loss, dropout included.</param>
/// <param name="LearningRate">The rate of this step.</param>
/// <param name="GradientNorm">The norm of all gradients together, before clipping.</param>
/// <param name="Tokens">The batch's tokens, padding not counted.</param>
/// <param name="PaddingShare">The share of the batch's places that are padding, 0 to 1.</param>
/// <param name="Seconds">How long the step took.</param>
/// <param name="UpdateSeconds">How much of that the optimizer took; on a GPU only until its work was queued.</param>
/// <param name="Utilization">The share of the device's rate that goes into the model (model FLOPs utilization, Chowdhery et al. 2022, arXiv:2204.02311): six
/// operations for each weight of a trained matrix and each token, over the rate of a matrix product measured when the training starts. Padding and
/// attention's own products are not counted.</param>
/// <param name="SecondsLeft">How long the other steps will take, at the mean of those done since the start; validation is not in it.</param>
public sealed record TrainingStep(
    long Step, long TotalSteps, int Epoch, double Loss, double LearningRate, double GradientNorm, int Tokens, double PaddingShare, double Seconds,
    double UpdateSeconds, double Utilization, double SecondsLeft)
{
    /// <summary>Tokens per second of this step, padding not counted.</summary>
    public double TokensPerSecond => Seconds > 0 ? Tokens / Seconds : 0;
}
