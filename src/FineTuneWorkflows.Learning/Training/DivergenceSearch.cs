using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Training;

/// <summary>Looks for what made a batch's loss or gradient no finite number: the weights, or an example of its own.</summary>
internal sealed class DivergenceSearch(ITrainingTask task, StepRunner steps)
{
    private const int ExamplesShown = 8;

    /// <summary>What there is to say of the weights; null where all are finite.</summary>
    public string? OfWeights() => Finiteness.FirstProblem(task.Parameters.Select(p => KeyValuePair.Create(p.Name, p.Value))) is { } name
        ? $"The weights are not finite any more, {name} the first of them. " : null;

    /// <summary>What there is to say of a batch that was computed from finite weights, each example computed alone with dropout's draws of the step.</summary>
    /// <param name="indices">The batch.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="stepInEpoch">The step in the epoch, from 0.</param>
    /// <param name="gradients">Whether to look at gradients rather than losses.</param>
    public string OfExamples(int[] indices, int epoch, int stepInEpoch, bool gradients)
    {
        foreach (int index in indices)
        {
            steps.Seed(epoch, stepInEpoch);
            using var scope = torch.NewDisposeScope();
            BatchLoss loss = task.Loss([index], epoch);
            double value = loss.Sum.to(torch.float32).Number();
            if (!double.IsFinite(value))
                return FormattableString.Invariant($"The loss of example {index} alone is {value}. ");
            if (gradients && GradientProblem(loss) is { } name)
                return FormattableString.Invariant($"The gradient of example {index} alone is not finite, at {name} first. ");
        }
        return "No example alone does so. ";
    }

    /// <summary>The first few of a batch's examples.</summary>
    public static string Names(IReadOnlyList<int> indices) =>
        $"examples {string.Join(", ", indices.Take(ExamplesShown))}{(indices.Count > ExamplesShown ? $" and {indices.Count - ExamplesShown} more" : "")} of the training data";

    private string? GradientProblem(BatchLoss loss)
    {
        loss.Backward();
        string? name = Finiteness.FirstProblem(task.Parameters.Where(p => p.Value.grad is not null).Select(p => KeyValuePair.Create(p.Name, p.Value.grad!)));
        foreach (ModelParameter parameter in task.Parameters)
            parameter.Value.grad = null;
        return name;
    }
}
