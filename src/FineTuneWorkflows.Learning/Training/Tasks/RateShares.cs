using FineTuneWorkflows.Learning.Models;

namespace FineTuneWorkflows.Learning.Training.Tasks;

/// <summary>Which share of the learning rate each parameter has: less from layer to layer down, and the head its own.</summary>
internal static class RateShares
{
    public static IReadOnlyList<double> Of(LanguageModel model, IReadOnlyList<ModelParameter> parameters, TrainingOptions options)
    {
        int top = model.Config.LayerCount + 1;
        double head = (options.HeadLearningRate ?? options.LearningRate) / options.LearningRate;
        return [.. parameters.Select(parameter => model.DepthOf(parameter) is var depth && depth == top ? head : Math.Pow(options.LayerDecay, top - depth))];
    }
}
