using System.Globalization;

namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>How the fields of a table stand in its file.</summary>
/// <param name="Delimiter">What stands between fields.</param>
/// <param name="Quoted">Whether a quote at a field's beginning opens a quoted field (RFC 4180); else quotes are text.</param>
/// <param name="QuotesAreSaid">Whether the user said so.</param>
/// <param name="QuotesAreShown">Whether fields that need their quotes show it.</param>
/// <param name="HasHeader">Whether the first row names the columns.</param>
/// <param name="SaysSeparator">Whether a line <c>sep=;</c> comes before the first row.</param>
internal sealed record TableShape(string Delimiter, bool Quoted, bool QuotesAreSaid, bool QuotesAreShown, bool HasHeader, bool SaysSeparator)
{
    /// <summary>The shape in words.</summary>
    public string Text => $"separated by {Name(Delimiter)}, {(HasHeader ? "a header" : "no header")}, {(Quoted ? "quotes after RFC 4180" : "quotes are text")}";

    /// <summary>A delimiter that was written by its name or as an escape: <c>tab</c> and <c>\t</c>, <c>space</c>.</summary>
    public static string Delimiting(string written) => written.ToLowerInvariant() switch
    {
        "tab" or "\\t" => "\t",
        "space" => " ",
        _ => written,
    };

    /// <summary>A delimiter as it can be read.</summary>
    public static string Name(string delimiter) => delimiter switch
    {
        "\t" => "tabs",
        "," => "commas",
        ";" => "semicolons",
        " " => "spaces",
        _ => string.Create(CultureInfo.InvariantCulture, $"'{delimiter}'"),
    };
}
