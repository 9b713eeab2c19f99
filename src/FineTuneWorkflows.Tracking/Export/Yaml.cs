using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FineTuneWorkflows.Tracking.Export;

/// <summary>Flat YAML files. Strings are written as JSON has them, which YAML 1.2 reads alike.</summary>
internal static class Yaml
{
    private static readonly JsonEncodedText Empty = JsonEncodedText.Encode("");

    /// <summary>Writes <c>key: value</c> lines; values are strings, whole numbers, null, or a map of strings.</summary>
    internal static void Write(string path, params ReadOnlySpan<(string Key, object? Value)> fields)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in fields) text.Append(key).Append(": ").Append(Value(value)).Append('\n');
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text.ToString());
    }

    internal static string Quote(string text) =>
        $"\"{(text.Length == 0 ? Empty : JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping))}\"";

    private static string Value(object? value) => value switch
    {
        null => "null",
        string text => Quote(text),
        IReadOnlyDictionary<string, string> map => "{" + string.Join(", ", map.Select(pair => $"{Quote(pair.Key)}: {Quote(pair.Value)}")) + "}",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"{value.GetType().Name} cannot be written as YAML."),
    };
}
