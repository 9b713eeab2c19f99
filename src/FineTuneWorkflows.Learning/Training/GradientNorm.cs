using System.Runtime.Intrinsics;

namespace FineTuneWorkflows.Learning.Training;

/// <summary>Sums of squares in an order that depends on neither the machine's vector width nor the number of threads.</summary>
internal static unsafe class GradientNorm
{
    /// <summary>The sum of squares of one block, in double precision.</summary>
    public static double SumOfSquares(float* values, int count)
    {
        Vector256<double> low = Vector256<double>.Zero, high = Vector256<double>.Zero;
        int i = 0;
        for (; i <= count - 8; i += 8)
        {
            (Vector256<double> first, Vector256<double> second) = Vector256.Widen(Vector256.Load(values + i));
            low += first * first;
            high += second * second;
        }
        double sum = Vector256.Sum(low + high);
        for (; i < count; i++)
            sum += (double)values[i] * values[i];
        return sum;
    }
}
