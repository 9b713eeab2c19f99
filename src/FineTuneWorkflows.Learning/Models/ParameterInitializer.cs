using FineTuneWorkflows.Foundation.Randomness;
using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Models;

/// <summary>
/// Fills fresh parameters as BERT does: matrices and tables normal(0, initializer range), biases and shifts 0, scales 1; an adapter's as PEFT does. Each draws from
/// (seed, "init", its name, block), so its values do not depend on which other parameters there are.
/// </summary>
internal static unsafe class ParameterInitializer
{
    private const int BlockElements = 1 << 16;

    private delegate (double First, double Second) Draw(ref SplitMix64 random);

    public static void Fill(ModelParameter parameter, double range, long seed)
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        switch (parameter.Kind)
        {
            case ParameterKind.Weight or ParameterKind.Embedding:
                FillDrawn(parameter, seed, (ref SplitMix64 random) =>
                {
                    (double first, double second) = random.NextNormals();
                    return (range * first, range * second);
                });
                break;
            case ParameterKind.AdapterDown:
                double bound = 1 / Math.Sqrt(parameter.Value.shape[1]);
                FillDrawn(parameter, seed, (ref SplitMix64 random) =>
                    (bound * ((2 * random.NextDouble()) - 1), bound * ((2 * random.NextDouble()) - 1)));
                break;
            case ParameterKind.NormScale:
                parameter.Value.Fill(1);
                break;
            default:
                parameter.Value.Fill(0);
                break;
        }
    }

    private static void FillDrawn(ModelParameter parameter, long seed, Draw draw)
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
                (double first, double second) = draw(ref random);
                start[i] = (float)first;
                if (i + 1 < end)
                    start[i + 1] = (float)second;
            }
        });
        using torch.Tensor shaped = values.view(parameter.Value.shape);
        parameter.Value.copy_(shaped);
    }
}
