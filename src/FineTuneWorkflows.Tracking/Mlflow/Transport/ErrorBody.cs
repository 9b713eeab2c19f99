using System.Text.Json;

namespace FineTuneWorkflows.Tracking.Mlflow.Transport;

/// <summary>Reads <c>{"error_code": ..., "message": ...}</c>; anything else, such as a proxy's page, is no error body.</summary>
internal static class ErrorBody
{
    private const int LongestMessage = 2000;

    internal static (string? Code, string? Message) Read(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? (Field(document, "error_code"), Field(document, "message"))
                : (null, null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return (null, null); // Not MLflow's own words, or half of a character among them; the status says what there is to say.
        }
    }

    private static string? Field(JsonDocument document, string name) =>
        document.RootElement.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text[..Math.Min(text.Length, LongestMessage)]
            : null;
}
