using FineTuneWorkflows.Learning.Randomness;

namespace FineTuneWorkflows.Learning.Inference;

/// <summary>Chooses the next token by its logits.</summary>
internal sealed class TokenSampler(GenerationOptions options)
{
    /// <summary>The chosen token's id.</summary>
    /// <param name="logits">One for each token, finite.</param>
    /// <param name="place">The number of the token that is chosen, from which its draw follows.</param>
    public int Choose(ReadOnlySpan<float> logits, int place)
    {
        if (options.Temperature == 0)
            return Likeliest(logits);
        double[] weights = Weights(logits);
        // The likeliest first; among equals the lower id, so that the order is one.
        int[] ids = Enumerable.Range(0, weights.Length).ToArray();
        Array.Sort(ids, (a, b) => weights[b] != weights[a] ? weights[b].CompareTo(weights[a]) : a.CompareTo(b));
        double bound = options.TopP * weights.Sum(), kept = 0;
        int count = 0;
        while (count < ids.Length && (count == 0 || kept < bound))
            kept += weights[ids[count++]];
        double drawn = new SplitMix64(DerivedSeed.For(options.Seed, "generate", place)).NextDouble() * kept;
        for (int i = 0; i < count - 1; i++)
        {
            drawn -= weights[ids[i]];
            if (drawn < 0)
                return ids[i];
        }
        return ids[count - 1];
    }

    private static int Likeliest(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            if (logits[i] > logits[best])
                best = i;
        }
        return best;
    }

    private double[] Weights(ReadOnlySpan<float> logits)
    {
        double[] weights = new double[logits.Length];
        float highest = logits[Likeliest(logits)];
        for (int i = 0; i < weights.Length; i++)
            weights[i] = Math.Exp((logits[i] - highest) / options.Temperature);
        return weights;
    }
}
