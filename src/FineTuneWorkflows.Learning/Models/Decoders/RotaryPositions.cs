using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Models.Layers;
using FineTuneWorkflows.Learning.Runtime;
using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models.Decoders;

/// <summary>
/// Positions as rotations of queries and keys (Su et al. 2021, arXiv:2104.09864), in transformers' order: a number of a head's first half turns with the one
/// at the same place of its second half. Angles are 32-bit, as they were in pre-training.
/// </summary>
internal sealed class RotaryPositions
{
    private readonly float[] _frequencies;

    public RotaryPositions(DecoderConfig config)
    {
        int half = config.HeadWidth / 2;
        _frequencies = new float[half];
        for (int i = 0; i < half; i++)
        {
            double frequency = Math.Pow(config.RopeTheta, -(double)i / half);
            _frequencies[i] = (float)(config.RopeScaling?.Apply(frequency) ?? frequency);
        }
    }

    /// <summary>The cosines and sines of some positions, each <c>[tokens, head width]</c>.</summary>
    public (Tensor Cosines, Tensor Sines) Of(int first, int tokens, Device device)
    {
        int width = 2 * _frequencies.Length;
        float[] cosines = new float[tokens * width], sines = new float[tokens * width];
        for (int place = 0; place < cosines.Length; place++)
        {
            float angle = (first + (place / width)) * _frequencies[place % _frequencies.Length];
            (sines[place], cosines[place]) = MathF.SinCos(angle);
        }
        return (tensor(cosines, [tokens, width]).to(device), tensor(sines, [tokens, width]).to(device));
    }

    /// <summary>Turns <c>[batch, heads, tokens, head width]</c> by what <see cref="Of"/> gave.</summary>
    public static Tensor Turn(Tensor heads, (Tensor Cosines, Tensor Sines) angles)
    {
        Tensor[] halves = heads.chunk(2, -1);
        (Tensor cosines, Tensor sines) = (angles.Cosines.As(heads.dtype), angles.Sines.As(heads.dtype));
        // Freed at once, as backward needs the cosines and sines alone.
        using Tensor negated = -halves[1], swapped = cat([negated, halves[0]], -1), turned = swapped * sines;
        return (heads * cosines).PlusInPlace(turned);
    }
}
