using System.Text;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.Conversations;

/// <summary>A conversation as one text.</summary>
/// <param name="Text">The text.</param>
/// <param name="PlainParts">Where a message holds the name of a special token.</param>
internal sealed record ChatText(string Text, IReadOnlyList<TokenSpan> PlainParts)
{
    /// <summary>The text without marks; the two characters around each are a plain part.</summary>
    public static ChatText WithoutMarks(string text, char mark)
    {
        var (clean, parts) = (new StringBuilder(text.Length), new List<TokenSpan>());
        foreach (var c in text)
        {
            if (c != mark) clean.Append(c);
            else parts.Add(new TokenSpan(clean.Length - 1, clean.Length));
        }
        return new(clean.ToString(), parts);
    }
}
