using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Stages.Prediction;

/// <summary>How much of an input a model's vocabulary does not have.</summary>
internal static class UnknownTokens
{
    /// <summary>The share of an input's tokens, special ones left out, that are the unknown one: 0 to 1; 0 where there is none.</summary>
    public static double Share(EncodedText row)
    {
        var tokens = row.SequenceIds.Count(sequence => sequence >= 0);
        return tokens == 0 ? 0 : (double)row.UnknownTokens / tokens;
    }
}
