using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneWorkflows.Foundation.Files;
using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Models;

namespace FineTuneWorkflows.Learning.Inference;

/// <summary>A model's <c>generation_config.json</c>, as transformers' <c>generate</c> reads it: which tokens end a text, and how tokens are drawn. Fields that are not looked at here
/// are kept and written back.</summary>
public sealed class GenerationConfig
{
    /// <summary>The file's name in a model folder.</summary>
    public const string FileName = "generation_config.json";

    private const string EndTokens = "eos_token_id", ModelFile = "config.json";

    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions Line = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly JsonObject _fields;

    private GenerationConfig(JsonObject fields, IReadOnlyList<int> endTokenIds) => (_fields, EndTokenIds) = (fields, endTokenIds);

    /// <summary>The tokens that end a text (<c>eos_token_id</c>, a number or a list); any number.</summary>
    public IReadOnlyList<int> EndTokenIds { get; }

    /// <summary>Reads a folder's file.</summary>
    /// <param name="folder">A folder in Hugging Face's layout.</param>
    /// <returns>What it says; null where there is no such file.</returns>
    /// <exception cref="ModelException">The file is damaged, or <c>eos_token_id</c> is neither a token id nor a list of them.</exception>
    public static GenerationConfig? Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        return File.Exists(path) && Fields(path) is var fields ? new GenerationConfig(fields, Ids(fields, path)) : null;
    }

    /// <summary>
    /// Keeps with a saved model what its base says of generation, and makes further tokens end a text: <c>generation_config.json</c> gets the base's fields, and both it and
    /// <c>config.json</c> (where there is one) name every token that ends a text, those that either or the base named before first. Without a base's file and without further tokens
    /// nothing is written.
    /// </summary>
    /// <param name="folder">The saved model's folder.</param>
    /// <param name="baseConfig">The base's; null where it has none.</param>
    /// <param name="endTokenIds">Tokens that end a text besides.</param>
    /// <exception cref="ModelException">The folder's <c>config.json</c> is damaged.</exception>
    public static void Save(string folder, GenerationConfig? baseConfig, IReadOnlyList<int> endTokenIds)
    {
        ArgumentNullException.ThrowIfNull(endTokenIds);
        if (baseConfig is null && endTokenIds.Count == 0)
            return;
        string path = Path.Combine(folder, ModelFile);
        JsonObject? model = File.Exists(path) ? Fields(path) : null;
        int[] ends = [.. (baseConfig?.EndTokenIds ?? []).Concat(model is null ? [] : Ids(model, path)).Concat(endTokenIds).Distinct()];
        JsonObject fields = baseConfig?._fields.DeepClone().AsObject() ?? [];
        Put(fields, ends, Path.Combine(folder, FileName));
        if (model is not null)
            Put(model, ends, path);
    }

    private static void Put(JsonObject fields, int[] ends, string path)
    {
        if (ends.Length > 0)
            fields[EndTokens] = ends.Length == 1 ? ends[0] : new JsonArray([.. ends.Select(id => JsonValue.Create(id))]);
        DurableFile.Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(fields.ToJsonString(Format) + "\n")));
    }

    private static JsonObject Fields(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(path)) as JsonObject ?? throw new ModelException($"{path} holds no JSON object.");
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"{path} cannot be read: {exception.Message}", exception);
        }
    }

    private static int[] Ids(JsonObject fields, string path)
    {
        JsonNode? found = fields[EndTokens];
        JsonNode?[] each = found is JsonArray list ? [.. list] : found is null ? [] : [found];
        return [.. each.Select(node => node is JsonValue value && value.TryGetValue(out int id) && id >= 0 ? id
            : throw new ModelException($"{path}: {EndTokens} is {found!.ToJsonString(Line)}; it must be a token id or a list of them."))];
    }
}
