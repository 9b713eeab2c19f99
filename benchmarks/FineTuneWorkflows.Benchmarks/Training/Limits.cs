using System.Diagnostics;
using System.Numerics;
using FineTuneWorkflows.Learning.Models.Layers;
using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Benchmarks.Training;

/// <summary>What the machine can do at most, measured in this process.</summary>
internal static class Limits
{
    /// <summary>What an AdamW step moves for each parameter: it reads the gradient for its norm, reads gradient, parameter and both moments, and writes all but the gradient.</summary>
    public const int BytesPerElement = 8 * sizeof(float);

    /// <summary>The best rate of a product of [1024, 768] and [768, 3072] in single precision, in floating-point operations per second.</summary>
    public static double MatrixProduct() => MatrixProduct((input, weight) => torch.nn.functional.linear(input, weight));

    /// <summary>The same by whichever of libtorch's libraries is quicker here.</summary>
    public static double QuickestProduct() => MatrixProduct((input, weight) => LinearProduct.Apply(input, weight, null));

    private static double MatrixProduct(Func<torch.Tensor, torch.Tensor, torch.Tensor> multiply)
    {
        const int repetitions = 12;
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        torch.Tensor input = torch.rand(1024, 768), weight = torch.rand(3072, 768);
        var best = double.PositiveInfinity;
        for (var i = 0; i < repetitions; i++)
        {
            var watch = Stopwatch.StartNew();
            multiply(input, weight).Dispose();
            best = Math.Min(best, watch.Elapsed.TotalSeconds);
        }

        return 2.0 * 1024 * 768 * 3072 / best;
    }

    /// <summary>The best rate of a product of two matrices [size, size] in bfloat16 on a device, in floating-point operations per second.</summary>
    public static double HalfMatrixProduct(TorchDevice device, long size, int repetitions = 10)
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        torch.Tensor input = torch.rand([size, size], torch.bfloat16, device.ToTorch()), weight = torch.rand([size, size], torch.bfloat16, device.ToTorch());
        var best = double.PositiveInfinity;
        for (var i = 0; i < repetitions; i++)
        {
            var watch = Stopwatch.StartNew();
            using var product = torch.nn.functional.linear(input, weight);
            using var corner = product[0, 0].to(torch.float32);
            // Asking for a value waits for the device.
            corner.Number();
            best = Math.Min(best, watch.Elapsed.TotalSeconds);
        }

        return 2.0 * size * size * size / best;
    }

    /// <summary>
    /// The best rate at which all CPUs together do to memory what an AdamW step with clipping must, and nothing else: they read an array once, then again with three others that they update in place, each far
    /// larger than the caches. In bytes per second, of <see cref="BytesPerElement"/> for each element. Nothing is written that was not read, so there is no traffic that is not counted.
    /// </summary>
    public static unsafe double Memory(int repetitions = 8)
    {
        const int elements = 1 << 25, block = 1 << 15;
        float* gradient = Allocate(), parameter = Allocate(), first = Allocate(), second = Allocate();
        var sums = new float[elements / block];
        try
        {
            var best = double.PositiveInfinity;
            for (var i = 0; i < repetitions; i++)
            {
                var watch = Stopwatch.StartNew();
                Parallel.For(0, elements / block, n =>
                {
                    Vector<float> a = Vector<float>.Zero, b = a, c = a, d = a;
                    var width = Vector<float>.Count;
                    for (var k = n * block; k < (n + 1) * block; k += 4 * width)
                    {
                        a += Vector.Load(gradient + k);
                        b += Vector.Load(gradient + k + width);
                        c += Vector.Load(gradient + k + (2 * width));
                        d += Vector.Load(gradient + k + (3 * width));
                    }

                    sums[n] = Vector.Sum(a + b + c + d);
                });
                Parallel.For(0, elements / block, n =>
                {
                    for (var k = n * block; k < (n + 1) * block; k += Vector<float>.Count)
                    {
                        var g = Vector.Load(gradient + k);
                        Vector.Store(Vector.Load(parameter + k) + g, parameter + k);
                        Vector.Store(Vector.Load(first + k) + g, first + k);
                        Vector.Store(Vector.Load(second + k) + g, second + k);
                    }
                });
                best = Math.Min(best, watch.Elapsed.TotalSeconds);
            }

            return (double)BytesPerElement * elements / best;
        }
        finally
        {
            foreach (var memory in (nint[])[(nint)gradient, (nint)parameter, (nint)first, (nint)second])
                System.Runtime.InteropServices.NativeMemory.AlignedFree((void*)memory);
        }

        static float* Allocate()
        {
            var memory = (float*)System.Runtime.InteropServices.NativeMemory.AlignedAlloc(sizeof(float) * (nuint)elements, 64);
            new Span<float>(memory, elements).Fill(1);
            return memory;
        }
    }
}
