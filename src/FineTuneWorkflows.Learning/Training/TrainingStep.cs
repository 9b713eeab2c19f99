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
/// <param name="Utilization">Model FLOPs utilization (Chowdhery et al. 2022, arXiv:2204.02311, appendix B), 0 to 1: the operations that the step's gradients need (matrix products forwards and
/// backwards as far as something is trained, attention's own included; not padding, not what is computed again, not the update), over <paramref name="Seconds"/>, as a share of the rate of one
/// large matrix product in the training's precision, measured on this device when the training starts. It is no share of what the maker of the device promises, which no product reaches.</param>
/// <param name="SecondsLeft">How long the other steps will take, at the mean of those done since the start; validation is not in it.</param>
public sealed record TrainingStep(
    long Step, long TotalSteps, int Epoch, double Loss, double LearningRate, double GradientNorm, int Tokens, double PaddingShare, double Seconds,
    double UpdateSeconds, double Utilization, double SecondsLeft)
{
    /// <summary>Tokens per second of this step, padding not counted.</summary>
    public double TokensPerSecond => Seconds > 0 ? Tokens / Seconds : 0;
}
