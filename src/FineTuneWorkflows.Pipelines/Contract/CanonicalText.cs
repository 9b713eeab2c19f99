using System.Collections;
using System.Globalization;
using System.Text.Json;

namespace FineTuneWorkflows.Pipelines.Contract;

/// <summary>Values of parameters and properties as text, as fingerprints and journals have them.</summary>
internal static class CanonicalText
{
    /// <summary>One text per value, the same on every machine.</summary>
    public static string Of(object? value) => value switch
    {
        null => "",
        string text => text,
        bool b => b ? "true" : "false",
        double d => d.ToString("R", CultureInfo.InvariantCulture),
        TimeSpan t => t.ToString("c", CultureInfo.InvariantCulture),
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable list => "[" + string.Join(",", list.Cast<object?>().Select(item => JsonEncodedText.Encode(Of(item)).ToString())) + "]",
        _ => value.ToString() ?? "",
    };
}
