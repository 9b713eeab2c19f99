namespace FineTuneWorkflows.Text.Tokenization;

/// <summary>A text, a pair of texts or a list of words as token ids, with what each token stands for. All lists have the shape <c>[tokens]</c>.</summary>
public sealed class EncodedText
{
    internal EncodedText(TokenList tokens, EncodedRow row)
    {
        Ids = tokens.Ids[..].ToArray();
        TypeIds = tokens.Types[..].ToArray();
        Spans = tokens.Spans[..].ToArray();
        WordIds = tokens.Words[..].ToArray();
        SequenceIds = tokens.Sequences[..].ToArray();
        LostTokens = row.Lost;
        UnknownTokens = row.Unknown;
        SecondStart = row.SecondStart < 0 ? row.Length : row.SecondStart;
    }

    /// <summary>The ids, special tokens included.</summary>
    public int[] Ids { get; }

    /// <summary>For each token the segment that the family's template gives it: 0, or 1 for the second text of a BERT pair.</summary>
    public int[] TypeIds { get; }

    /// <summary>For each token the characters that it stands for, within its own text (or word); 0 to 0 for the template's special tokens.</summary>
    public TokenSpan[] Spans { get; }

    /// <summary>For each token the number of its word, counted from 0 within its text; -1 for the template's special tokens. What a word is follows
    /// from the family's splitting; where words were given, theirs are the numbers.</summary>
    public int[] WordIds { get; }

    /// <summary>For each token 0 or 1 for the first or second text; -1 for the template's special tokens.</summary>
    public int[] SequenceIds { get; }

    /// <summary>How many tokens were cut off to keep to the maximum length.</summary>
    public int LostTokens { get; }

    /// <summary>The first token of segment 1, where the second text of a BERT pair begins; the number of tokens where there is one segment alone.</summary>
    public int SecondStart { get; }

    /// <summary>How many of the ids are the unknown token.</summary>
    public int UnknownTokens { get; }
}
