using FineTuneWorkflows.Foundation.Randomness;

namespace FineTuneWorkflows.Learning.Training.Tasks;

/// <summary>Draws which tokens of a sequence are to be predicted and what stands in their place, from the sequence's own seed alone.</summary>
internal sealed class TokenMasker
{
    private readonly MaskingOptions _options;
    private readonly int _vocabSize;
    private readonly HashSet<int> _special;

    public TokenMasker(MaskingOptions options, int vocabSize)
    {
        (_options, _vocabSize, _special) = (options, vocabSize, [.. options.SpecialTokenIds, options.MaskTokenId]);
    }

    /// <summary>Whether there is a token that can be masked.</summary>
    public bool CanMask(ReadOnlySpan<int> tokens)
    {
        foreach (int token in tokens)
        {
            if (!_special.Contains(token))
                return true;
        }
        return false;
    }

    /// <summary>Masks tokens in place.</summary>
    /// <param name="tokens">The sequence.</param>
    /// <param name="seed">Where the draws come from.</param>
    /// <param name="predicted">Hears the place and the original id of each token to predict, in order.</param>
    public void Mask(Span<int> tokens, ulong seed, Action<int, int> predicted)
    {
        var random = new SplitMix64(seed);
        int maskable = 0;
        bool any = false;
        for (int i = 0; i < tokens.Length; i++)
        {
            if (_special.Contains(tokens[i]))
                continue;
            maskable++;
            if (random.NextDouble() < _options.Probability)
            {
                any = true;
                Replace(tokens, i, ref random, predicted);
            }
        }
        if (!any && maskable > 0)
            Replace(tokens, Nth(tokens, random.NextBelow(maskable)), ref random, predicted);
    }

    private int Nth(ReadOnlySpan<int> tokens, int number)
    {
        int i = 0;
        while (_special.Contains(tokens[i]) || number-- > 0)
            i++;
        return i;
    }

    private void Replace(Span<int> tokens, int place, ref SplitMix64 random, Action<int, int> predicted)
    {
        predicted(place, tokens[place]);
        double draw = random.NextDouble();
        if (draw < _options.MaskShare)
            tokens[place] = _options.MaskTokenId;
        else if (draw < _options.MaskShare + _options.RandomShare)
            tokens[place] = RandomToken(ref random);
    }

    private int RandomToken(ref SplitMix64 random)
    {
        while (true)
        {
            int token = random.NextBelow(_vocabSize);
            if (!_special.Contains(token))
                return token;
        }
    }
}
