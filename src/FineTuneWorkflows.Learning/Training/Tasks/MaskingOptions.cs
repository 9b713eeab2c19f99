using System.Globalization;

namespace FineTuneWorkflows.Learning.Training.Tasks;

/// <summary>How tokens are masked for masked language modeling (Devlin et al. 2018, arXiv:1810.04805, 3.1), anew in every epoch (Liu et al. 2019,
/// arXiv:1907.11692, 4.1).</summary>
public sealed record MaskingOptions
{
    /// <summary>The id of <c>[MASK]</c> or <c>&lt;mask&gt;</c>.</summary>
    public required int MaskTokenId { get; init; }

    /// <summary>The ids that are never masked nor put in a token's place, such as those of <c>[CLS]</c>, <c>[SEP]</c> and <c>[PAD]</c>.</summary>
    public required IReadOnlyCollection<int> SpecialTokenIds { get; init; }

    /// <summary>The share of tokens to predict; default 0.15. Of these, <see cref="MaskShare"/> are masked, <see cref="RandomShare"/> become another token,
    /// and the rest stay. At least one token of each sequence is predicted.</summary>
    public double Probability { get; init; } = 0.15;

    /// <summary>The share of predicted tokens that the mask replaces; default 0.8.</summary>
    public double MaskShare { get; init; } = 0.8;

    /// <summary>The share of predicted tokens that a random token replaces; default 0.1.</summary>
    public double RandomShare { get; init; } = 0.1;

    /// <summary>Refuses values out of range.</summary>
    /// <param name="vocabSize">The number of token ids.</param>
    /// <exception cref="TrainingException">The message names the option and its value.</exception>
    public void Check(int vocabSize)
    {
        Require(MaskTokenId >= 0 && MaskTokenId < vocabSize, nameof(MaskTokenId), MaskTokenId, $"the vocabulary has {vocabSize} tokens");
        Require(Probability is > 0 and <= 1, nameof(Probability), Probability, "it must be above 0 and at most 1, such as 0.15");
        Require(MaskShare is >= 0 and <= 1, nameof(MaskShare), MaskShare, "it must be 0 to 1");
        Require(RandomShare >= 0 && MaskShare + RandomShare <= 1, nameof(RandomShare), RandomShare, "with MaskShare it must be 0 to 1");
        Require(SpecialTokenIds.Append(MaskTokenId).Distinct().Count(id => id >= 0 && id < vocabSize) < vocabSize, nameof(SpecialTokenIds),
            string.Join(", ", SpecialTokenIds), "a token must remain that is not special");

        static void Require(bool condition, string name, object value, string right)
        {
            if (!condition)
                throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; {right}."));
        }
    }
}
