namespace FineTuneWorkflows.Text.Augmentation;

/// <summary>Upper and lower case of words, in no culture.</summary>
internal static class LetterCase
{
    /// <summary>The word in the case of a model: GREAT gives FILM, Great gives Film, great gives film.</summary>
    public static string Like(string model, string word)
    {
        if (model.Length > 1 && IsUpper(model)) return word.ToUpperInvariant();
        return IsCapitalized(model) ? Capitalized(word) : word;
    }

    public static bool IsCapitalized(string word) => char.IsUpper(word[0]);

    public static string Capitalized(string word) => char.ToUpperInvariant(word[0]) + word[1..];

    /// <summary>
    /// A word that no longer begins the text: lower case where it is a common word, as it is where it may be a name, is all capitals, or is the
    /// English I.
    /// </summary>
    public static string Lowered(string word, Func<string, bool> isCommon)
    {
        if (word is "I" || word.StartsWith("I'", StringComparison.Ordinal) || word.StartsWith("I’", StringComparison.Ordinal)) return word;
        if (word.Length > 1 && IsUpper(word)) return word;
        return isCommon(word) ? char.ToLowerInvariant(word[0]) + word[1..] : word;
    }

    private static bool IsUpper(string word) => word.Any(char.IsUpper) && !word.Any(char.IsLower);
}
