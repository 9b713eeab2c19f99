using FineTuneWorkflows.Foundation.Randomness;

namespace FineTuneWorkflows.Learning.Inference;

/// <summary>Chooses the next token by its logits, in time that grows with the vocabulary and not with its order: only the tokens that can be drawn are sorted.</summary>
internal sealed class TokenSampler(GenerationOptions options)
{
    // Weights are at most 1, and one below 2^-1074 is 0: each is in the group of its power of two.
    private const int Groups = 1076;

    private readonly double[] _sums = new double[Groups];
    private double[] _weights = [];
    private int[] _ids = [];

    /// <summary>The chosen token's id.</summary>
    /// <param name="logits">One for each token, finite.</param>
    /// <param name="place">The number of the token that is chosen, from which its draw follows.</param>
    public int Choose(ReadOnlySpan<float> logits, int place)
    {
        if (options.Temperature == 0)
            return Likeliest(logits);
        double total = Weigh(logits);
        (int count, double kept) = options.TopP < 1 ? Nucleus(logits.Length, options.TopP * total) : All(logits.Length, total);
        double drawn = new SplitMix64(DerivedSeed.For(options.Seed, "generate", place)).NextDouble() * kept;
        for (int i = 0; i < count - 1; i++)
        {
            drawn -= _weights[_ids[i]];
            if (drawn < 0)
                return _ids[i];
        }
        return _ids[count - 1];
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

    /// <summary>Fills the weights, the likeliest token's being 1, and gives their sum.</summary>
    private double Weigh(ReadOnlySpan<float> logits)
    {
        if (_weights.Length < logits.Length)
            (_weights, _ids) = (new double[logits.Length], new int[logits.Length]);
        float highest = logits[Likeliest(logits)];
        double total = 0;
        for (int i = 0; i < logits.Length; i++)
            total += _weights[i] = Math.Exp((logits[i] - highest) / options.Temperature);
        return total;
    }

    private (int Count, double Kept) All(int tokens, double total)
    {
        for (int i = 0; i < tokens; i++)
            _ids[i] = i;
        return (tokens, total);
    }

    /// <summary>Puts the likeliest tokens whose weights sum to a bound at the front of the ids, the likeliest first, of equal ones the lower id.</summary>
    private (int Count, double Kept) Nucleus(int tokens, double bound)
    {
        Array.Clear(_sums);
        for (int i = 0; i < tokens; i++)
            _sums[Group(_weights[i])] += _weights[i];
        double kept = 0, reached = 0;
        int last = 0, sorted = 0;
        // Sums of groups are added in another order than the tokens' own, so the last digit may differ: then the next group is taken, too.
        for (int group = 0; group < Groups && kept < bound; group = last)
        {
            double gained = 0;
            while (last < Groups && (gained == 0 || reached < bound))
            {
                gained += _sums[last];
                reached += _sums[last++];
            }
            int from = sorted;
            for (int i = 0; i < tokens; i++)
            {
                if (Group(_weights[i]) is var own && own >= group && own < last)
                    _ids[sorted++] = i;
            }
            _ids.AsSpan(from, sorted - from).Sort((a, b) => _weights[b] != _weights[a] ? _weights[b].CompareTo(_weights[a]) : a.CompareTo(b));
            for (int i = from; i < sorted; i++)
            {
                kept += _weights[_ids[i]];
                if (kept >= bound)
                    return (i + 1, kept);
            }
        }
        return (sorted, kept);
    }

    private static int Group(double weight) => weight > 0 ? -Math.ILogB(weight) : Groups - 1;
}
