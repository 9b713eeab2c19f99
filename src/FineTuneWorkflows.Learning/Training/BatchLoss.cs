using FineTuneWorkflows.Learning.Models;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Training;

/// <summary>What some sequences' loss came to.</summary>
/// <param name="Sum">The sum of the losses, a scalar to be differentiated; over <paramref name="Weight"/> it is the mean.</param>
/// <param name="Weight">What the mean divides by: sequences, labelled tokens, or the weights of their classes.</param>
/// <param name="Tokens">Tokens, padding not counted.</param>
/// <param name="Places">Tokens and padding.</param>
/// <param name="Operations">The floating-point operations that loss and gradients need; see <see cref="StepOperations"/>.</param>
/// <param name="Recomputation">Takes the gradients further down where the layers did not keep what they need; null where they did.</param>
internal readonly record struct BatchLoss(torch.Tensor Sum, double Weight, int Tokens, int Places, double Operations = 0, Recomputation? Recomputation = null)
{
    /// <summary>Adds the gradients of all parameters to what they have.</summary>
    public void Backward()
    {
        Sum.backward();
        Recomputation?.Backward();
    }
}
