using System.Numerics;

namespace FineTuneWorkflows.Learning.Training;

/// <summary>The AdamW update of one block of numbers in one pass over memory. Every operation is by element and correctly rounded, without fused
/// multiply-add.</summary>
internal static unsafe class AdamWKernel
{
    /// <summary>Updates <paramref name="count"/> parameters and their moments in place.</summary>
    public static void Update(float* parameter, float* gradient, float* first, float* second, int count, in AdamWCoefficients c)
    {
        int width = Vector<float>.Count, i = 0;
        Vector<float> gradientScale = new(c.GradientScale), beta1 = new(c.Beta1), beta1Rest = new(c.Beta1Rest), beta2 = new(c.Beta2),
            beta2Rest = new(c.Beta2Rest);
        Vector<float> keep = new(c.Keep), stepSize = new(c.StepSize), root = new(c.RootOfCorrection2), epsilon = new(c.Epsilon);
        for (; i <= count - width; i += width)
        {
            Vector<float> g = Vector.Load(gradient + i) * gradientScale;
            Vector<float> m = (beta1 * Vector.Load(first + i)) + (beta1Rest * g);
            Vector<float> v = (beta2 * Vector.Load(second + i)) + (beta2Rest * (g * g));
            Vector.Store(m, first + i);
            Vector.Store(v, second + i);
            Vector<float> denominator = (Vector.SquareRoot(v) / root) + epsilon;
            Vector.Store((Vector.Load(parameter + i) * keep) - (stepSize * (m / denominator)), parameter + i);
        }
        for (; i < count; i++)
        {
            float g = gradient[i] * c.GradientScale;
            float m = (c.Beta1 * first[i]) + (c.Beta1Rest * g);
            float v = (c.Beta2 * second[i]) + (c.Beta2Rest * (g * g));
            first[i] = m;
            second[i] = v;
            float denominator = (MathF.Sqrt(v) / c.RootOfCorrection2) + c.Epsilon;
            parameter[i] = (parameter[i] * c.Keep) - (c.StepSize * (m / denominator));
        }
    }
}
