using FineTuneWorkflows.Learning.Randomness;
using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Models;

/// <summary>
/// Fills fresh parameters as BERT does: matrices and tables normal(0, initializer range), biases and shifts 0, scales 1. Each draws from
/// (seed, "init", its name, block), so its values do not depend on which other parameters there are.
/// </summary>
internal static unsafe class ParameterInitializer
{
    private const int BlockElements = 1 << 16;

    public static void Fill(ModelParameter parameter, double range, long seed)
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        switch (parameter.Kind)
        {
            case ParameterKind.Weight or ParameterKind.Embedding:
                FillNormal(parameter, range, seed);
                break;
            case ParameterKind.NormScale:
                parameter.Value.fill_(1);
                break;
            default:
                parameter.Value.fill_(0);
                break;
        }
    }

    private static void FillNormal(ModelParameter parameter, double range, long seed)
    {
        long count = parameter.Value.NumberOfElements;
        using torch.Tensor values = torch.empty([count], torch.float32);
        float* start = (float*)TensorMemory.Pointer(values);
        Parallel.For(0L, (count + BlockElements - 1) / BlockElements, block =>
        {
            var random = new SplitMix64(DerivedSeed.For(seed, "init/" + parameter.Name, block));
            long end = Math.Min(count, (block + 1) * BlockElements);
            for (long i = block * BlockElements; i < end; i += 2)
            {
                (double first, double second) = random.NextNormals();
                start[i] = (float)(range * first);
                if (i + 1 < end)
                    start[i + 1] = (float)(range * second);
            }
        });
        using torch.Tensor shaped = values.view(parameter.Value.shape);
        parameter.Value.copy_(shaped);
    }
}
