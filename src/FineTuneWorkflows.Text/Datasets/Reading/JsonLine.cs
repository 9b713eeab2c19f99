using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>Parses a line of JSON so that its members can be looked for: .NET accepts a name that holds half of a character, and fails wherever names are compared.</summary>
internal static class JsonLine
{
    // What a value of JSON can begin with (RFC 8259).
    private static readonly SearchValues<char> Starts = SearchValues.Create("{[\"-0123456789tfn");

    /// <summary>Parses a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="document">What it says; the caller disposes it.</param>
    /// <returns>What is wrong; null where nothing is.</returns>
    public static string? Parse(string line, out JsonDocument? document)
    {
        document = null;
        // Files that are no JSON at all can have millions of lines, and an exception for each takes minutes.
        var blank = line.AsSpan().IndexOfAnyExcept(" \t\r\n");
        if (blank >= 0 && !Starts.Contains(line[blank])) return Invalid(blank);
        try
        {
            document = JsonDocument.Parse(line);
        }
        catch (JsonException e)
        {
            return Invalid(e.BytePositionInLine ?? 0);
        }
        // Only an escape can name half of a character.
        if (!line.Contains("\\u", StringComparison.OrdinalIgnoreCase) || HasWholeNames(document.RootElement)) return null;
        document.Dispose();
        document = null;
        return "a member's name holds half of a character: an escape such as \\ud83d needs the other half beside it";
    }

    private static string Invalid(long bytes) => string.Create(CultureInfo.InvariantCulture, $"the line is not valid JSON (near byte {bytes + 1})");

    private static bool HasWholeNames(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().All(member => IsWhole(member) && HasWholeNames(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().All(HasWholeNames),
        _ => true,
    };

    private static bool IsWhole(JsonProperty member)
    {
        try
        {
            return member.Name is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
