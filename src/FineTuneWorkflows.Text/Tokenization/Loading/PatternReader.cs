using FineTuneWorkflows.Text.Tokenization.Patterns;

namespace FineTuneWorkflows.Text.Tokenization.Loading;

/// <summary>Reads a <c>pattern</c> of a tokenizer.json: <c>{"String": ...}</c> or <c>{"Regex": ...}</c>.</summary>
internal static class PatternReader
{
    private static string Short(JsonPart part) => part.Text() is { Length: <= RegexPattern.Longest } text ? text : throw part.Wrong($"a text of {RegexPattern.Longest} characters at most");

    public static ITextPattern Read(JsonPart part)
    {
        if (part["String"].Exists) return new LiteralPattern(Short(part["String"]));
        if (!part["Regex"].Exists) throw part.Wrong("{\"String\": ...} or {\"Regex\": ...}");
        try
        {
            return new RegexPattern(part["Regex"].Text(), part["Regex"].Place, part.File);
        }
        catch (ArgumentException e)
        {
            throw new TextDataException($"'{part.Place}' is a regular expression that cannot be used here: {e.Message}", part.File, inner: e);
        }
    }
}
