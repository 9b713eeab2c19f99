using FineTuneWorkflows.Foundation.Randomness;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Support;

/// <summary>Models whose every weight is random.</summary>
internal static class RandomModel
{
    /// <summary>A model whose norms and biases are not at 1 and 0, where they would hide errors.</summary>
    public static LanguageModel Create(ModelConfig config, ModelTask task, params IReadOnlyList<string> labels)
    {
        LanguageModel model = LanguageModel.Create(config, task, labels, seed: 11);
        using var noGrad = torch.no_grad();
        foreach (ModelParameter parameter in model.Parameters.Where(p => !p.Decays))
        {
            var random = new SplitMix64(DerivedSeed.For(11, parameter.Name));
            float[] noise = [.. Enumerable.Range(0, (int)parameter.Value.NumberOfElements).Select(_ => (random.NextBelow(2001) - 1000) * 5e-4f)];
            using torch.Tensor tensor = torch.tensor(noise, parameter.Value.shape);
            parameter.Value.add_(tensor);
        }
        return model;
    }
}
