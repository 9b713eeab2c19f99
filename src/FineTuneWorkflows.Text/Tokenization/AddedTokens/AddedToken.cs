namespace FineTuneWorkflows.Text.Tokenization.AddedTokens;

/// <summary>A token that is looked for in the text before anything else, as Hugging Face's <c>added_tokens</c> describe it.</summary>
/// <param name="Content">The token.</param>
/// <param name="Id">Its id.</param>
/// <param name="Special">Whether decoding leaves it out and encoding finds it only when asked.</param>
/// <param name="Normalized">Whether it is looked for in the normalized text.</param>
/// <param name="SingleWord">Whether it must not touch a letter, digit or underscore.</param>
/// <param name="StripLeft">Whether it takes white space before it along.</param>
/// <param name="StripRight">Whether it takes white space after it along.</param>
internal sealed record AddedToken(
    string Content, int Id, bool Special, bool Normalized = false, bool SingleWord = false, bool StripLeft = false, bool StripRight = false);
