using System.Collections.Concurrent;
using System.Diagnostics;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Runtime;

/// <summary>What a device reaches, measured, so that a training can say how much of it it uses.</summary>
internal static class DeviceSpeed
{
    private static readonly ConcurrentDictionary<(string Device, int Threads), double> Known = new();

    /// <summary>
    /// The rate of a product of two matrices in single precision, in floating-point operations per second: the best of a few, taken once in a process for a
    /// device and a number of threads. On a processor [1024, 768] by [768, 3072], on a GPU [8192, 8192] by itself.
    /// </summary>
    public static double MatrixProduct(TorchSession session, TorchDevice device) =>
        Known.GetOrAdd((device.ToString(), session.Threads), _ => device.IsCuda ? Measure(device, 8192, 8192, 8192) : Measure(device, 1024, 768, 3072));

    private static double Measure(TorchDevice device, long rows, long inner, long columns)
    {
        const int repetitions = 5;
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        // Not torch.rand: that would draw from the generator which the training draws from.
        torch.Tensor input = torch.ones([rows, inner], torch.float32, device.ToTorch()), weight = torch.ones([columns, inner], torch.float32, device.ToTorch());
        double best = double.PositiveInfinity;
        for (int i = 0; i < repetitions; i++)
        {
            long started = Stopwatch.GetTimestamp();
            using torch.Tensor product = torch.nn.functional.linear(input, weight);
            using torch.Tensor corner = product[0, 0];
            // Asking for a value waits for the device.
            _ = corner.Number();
            best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
        return 2.0 * rows * inner * columns / best;
    }
}
