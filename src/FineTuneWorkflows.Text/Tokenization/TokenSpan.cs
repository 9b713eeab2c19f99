namespace FineTuneWorkflows.Text.Tokenization;

/// <summary>The part of a text that a token stands for, in UTF-16 characters of the text as it was given.</summary>
/// <param name="Start">The first character.</param>
/// <param name="End">The character after the last; equal to <paramref name="Start"/> where a token stands for nothing in the text.</param>
public readonly record struct TokenSpan(int Start, int End)
{
    /// <summary>How many characters.</summary>
    public int Length => End - Start;
}
