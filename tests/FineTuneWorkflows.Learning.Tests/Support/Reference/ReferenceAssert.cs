using FineTuneWorkflows.Learning.Models;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Support.Reference;

/// <summary>Compares what a model gives, in 32-bit numbers, with what the reference gives, in 64-bit ones.</summary>
internal static class ReferenceAssert
{
    /// <summary>Numbers agree where they differ by at most this + this x |expected|.</summary>
    public const double Tolerance = 1e-5;

    public static void Close(Real[] expected, torch.Tensor actual)
    {
        float[] values = actual.detach().contiguous().data<float>().ToArray();
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < values.Length; i++)
            Close(expected[i].Value, values[i], $"number {i}");
    }

    /// <summary>Compares the gradient of every number of every weight.</summary>
    public static void GradientsClose(IReadOnlyDictionary<string, double[]> expected, LanguageModel model)
    {
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), model.Parameters.Select(p => p.Name).Order(StringComparer.Ordinal));
        foreach (ModelParameter parameter in model.Parameters)
        {
            using torch.Tensor? gradient = parameter.Value.grad;
            Assert.True(gradient is not null, $"{parameter.Name} has no gradient");
            float[] values = gradient.contiguous().data<float>().ToArray();
            double[] own = expected[parameter.Name];
            Assert.Equal(own.Length, values.Length);
            for (int i = 0; i < own.Length; i++)
                Close(own[i], values[i], $"{parameter.Name}[{i}]");
        }
    }

    public static void Close(double expected, double actual, string what) =>
        Assert.True(Math.Abs(expected - actual) <= Tolerance * (1 + Math.Abs(expected)), $"{what}: {expected:R} expected, but it is {actual:R}");
}
