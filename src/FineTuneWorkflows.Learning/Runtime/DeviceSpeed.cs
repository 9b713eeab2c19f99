using System.Collections.Concurrent;
using System.Diagnostics;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Runtime;

/// <summary>What a device reaches, measured, so that a training can say how much of it it uses.</summary>
internal static class DeviceSpeed
{
    private static readonly ConcurrentDictionary<(string Device, int Threads, Precision Precision), double> Known = new();

    /// <summary>
    /// The rate of a product of two matrices, in floating-point operations per second: the best of a few, taken once in a process for a device, a number of threads and a precision, in which
    /// the session computes. On a CPU [1024, 768] by [768, 3072], on a GPU [8192, 8192] by itself.
    /// </summary>
    public static double MatrixProduct(TorchSession session, TorchDevice device, Precision precision = Precision.Float32)
    {
        torch.ScalarType type = precision == Precision.BFloat16 ? torch.ScalarType.BFloat16 : torch.ScalarType.Float32;
        return Known.GetOrAdd((device.ToString(), session.Threads, precision), _ => device.IsCuda ? Measure(device, type, 8192, 8192, 8192) : Measure(device, type, 1024, 768, 3072));
    }

    private static double Measure(TorchDevice device, torch.ScalarType type, long rows, long inner, long columns)
    {
        const int repetitions = 5;
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        // Not torch.rand: that would draw from the generator which the training draws from.
        torch.Tensor input = torch.ones([rows, inner], type, device.ToTorch()), weight = torch.ones([columns, inner], type, device.ToTorch());
        double best = double.PositiveInfinity;
        for (int i = 0; i < repetitions; i++)
        {
            long started = Stopwatch.GetTimestamp();
            using torch.Tensor product = Models.Layers.LinearProduct.Apply(input, weight, null);
            using torch.Tensor corner = product[0, 0];
            // Asking for a value waits for the device.
            _ = corner.to(torch.float32).Number();
            best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
        return 2.0 * rows * inner * columns / best;
    }
}
