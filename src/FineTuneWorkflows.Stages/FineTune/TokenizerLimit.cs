using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneWorkflows.Learning.Models.Configuration;

namespace FineTuneWorkflows.Stages.FineTune;

/// <summary>
/// What Python must know of a model's tokenizer beyond the tokenizer itself, in <c>tokenizer_config.json</c>: <c>model_max_length</c>, where transformers cuts (it passes on longer texts, which
/// then fail in the model), and a class, which it else seeks by the model's type.
/// </summary>
internal static class TokenizerLimit
{
    private const string FileName = "tokenizer_config.json", Limit = "model_max_length", Class = "tokenizer_class";

    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes both into a folder with a tokenizer; a lower limit and a class that are there stay.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="config">The model's configuration.</param>
    public static void Write(string folder, ModelConfig config)
    {
        var path = Path.Combine(folder, FileName);
        var json = File.Exists(path) ? JsonNode.Parse(File.ReadAllBytes(path)) as JsonObject ?? [] : [];
        if (json[Limit] is not JsonValue limit || !limit.TryGetValue<double>(out var own) || own > config.MaxTokens || own < 1)
            json[Limit] = config.MaxTokens;
        if (json[Class] is null && config.TokenizerClass is { } usual)
            json[Class] = usual;
        File.WriteAllText(path, json.ToJsonString(Format) + "\n");
    }
}
