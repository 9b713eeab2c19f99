using System.Diagnostics;
using System.Numerics;
using TorchSharp;

namespace FineTuneWorkflows.Benchmarks.Training;

/// <summary>What the machine can do at most, measured in this process.</summary>
internal static class Limits
{
    /// <summary>The best rate of a product of [1024, 768] and [768, 3072] in single precision, in floating-point operations per second.</summary>
    public static double MatrixProduct(int repetitions = 12)
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        torch.Tensor input = torch.rand(1024, 768), weight = torch.rand(3072, 768);
        var best = double.PositiveInfinity;
        for (var i = 0; i < repetitions; i++)
        {
            var watch = Stopwatch.StartNew();
            torch.nn.functional.linear(input, weight).Dispose();
            best = Math.Min(best, watch.Elapsed.TotalSeconds);
        }

        return 2.0 * 1024 * 768 * 3072 / best;
    }

    /// <summary>The best rate at which all processors together read two arrays and write a third, each far larger than the caches, in bytes per second; reading what is about to be overwritten is not counted.</summary>
    public static unsafe double Memory(int repetitions = 8)
    {
        const int elements = 1 << 25, block = 1 << 15;
        float* a = Allocate(), b = Allocate(), c = Allocate();
        try
        {
            var best = double.PositiveInfinity;
            for (var i = 0; i < repetitions; i++)
            {
                var watch = Stopwatch.StartNew();
                Parallel.For(0, elements / block, n =>
                {
                    for (var k = n * block; k < (n + 1) * block; k += Vector<float>.Count)
                        Vector.Store(Vector.Load(a + k) + (Vector.Load(b + k) * 3f), c + k);
                });
                best = Math.Min(best, watch.Elapsed.TotalSeconds);
            }

            return 3.0 * sizeof(float) * elements / best;
        }
        finally
        {
            System.Runtime.InteropServices.NativeMemory.AlignedFree(a);
            System.Runtime.InteropServices.NativeMemory.AlignedFree(b);
            System.Runtime.InteropServices.NativeMemory.AlignedFree(c);
        }

        static float* Allocate()
        {
            var memory = (float*)System.Runtime.InteropServices.NativeMemory.AlignedAlloc(sizeof(float) * (nuint)elements, 64);
            new Span<float>(memory, elements).Fill(1);
            return memory;
        }
    }
}
