using FineTuneWorkflows.Text.Tokenization.Patterns;
using FineTuneWorkflows.Text.Tokenization.Pipeline;

namespace FineTuneWorkflows.Text.Tokenization.PreTokenization;

/// <summary>
/// GPT-2's division into words (A. Radford et al., "Language Models are Unsupervised Multitask Learners", 2019). That bytes are shown as characters
/// is left to <see cref="Models.BytePairModel"/>, which works on bytes.
/// </summary>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool useRegex) : IPreTokenizer
{
    /// <summary>What a word is: letters, digits or other signs with the space before them.</summary>
    public const string WordPattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private static readonly SplitPreTokenizer Words = new(new RegexPattern(WordPattern), SplitBehavior.Isolated);

    public void Apply(AlignedText text)
    {
        if (addPrefixSpace && text.Parts.Exists(p => text.Chars[p.Start] != ' ')) AddSpaces(text);
        if (useRegex) Words.Apply(text);
    }

    private static void AddSpaces(AlignedText text)
    {
        text.BeginRewrite();
        foreach (var part in text.Parts)
        {
            var start = text.NextLength;
            if (text.Chars[part.Start] != ' ') text.Append(' ', text.Origin(part.Start));
            for (var i = part.Start; i < part.End; i++) text.Keep(i);
            text.EndPart(start);
        }
        text.EndRewrite();
    }
}
