using System.Text.Json;

namespace FineTuneWorkflows.Learning.Models.Configuration;

/// <summary>
/// <c>generation_config.json</c>, as far as it matters here: the tokens that end a text, which transformers takes from it where it is there, and from <c>config.json</c> only where it
/// is not. A model that is saved here has them in <c>config.json</c> alone.
/// </summary>
internal static class GenerationFile
{
    public const string Name = "generation_config.json";

    /// <summary>The configuration with the folder's tokens that end a text.</summary>
    /// <exception cref="ModelException">The file is damaged.</exception>
    public static DecoderConfig Follow(DecoderConfig config, string folder)
    {
        string path = Path.Combine(folder, Name);
        if (!File.Exists(path))
            return config;
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.TryGetProperty("eos_token_id", out JsonElement ends) && ends.ValueKind != JsonValueKind.Null
                ? config with { EndTokenIds = new FieldValue(path, "eos_token_id", ends).Ints() } : config;
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw new ModelException($"{path} is no valid generation configuration: {exception.Message}", exception);
        }
    }
}
