using System.Globalization;
using System.Text.RegularExpressions;

namespace FineTuneWorkflows.Text.Datasets;

/// <summary>Labels that are numbers. A leading zero makes a label none: <c>007</c> is a code.</summary>
internal static partial class LabelNumber
{
    /// <summary>Labels, each once: as numbers where all are, else ordinally.</summary>
    public static IReadOnlyList<string> Sorted(IEnumerable<string> labels)
    {
        var sorted = labels.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var numbers = sorted.ConvertAll(Of);
        return numbers.TrueForAll(n => n is not null) ? [.. sorted.Zip(numbers).OrderBy(p => p.Second).Select(p => p.First)] : sorted;
    }

    /// <summary>What tells whether two labels are one class: the number in its shortest form, else the label.</summary>
    public static string Key(string label) => Of(label) is { } number ? number.ToString("0.############################", CultureInfo.InvariantCulture) : label;

    /// <summary>The number that a label is, or null. Numbers that a decimal does not hold exactly are none.</summary>
    public static decimal? Of(string label) =>
        label.Length <= MostCharacters && Plain().IsMatch(label) && decimal.TryParse(label, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private const int MostCharacters = 24;

    [GeneratedRegex(@"^[+-]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?$", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();
}
