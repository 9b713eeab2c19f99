using System.Text.Json;

namespace FineTuneWorkflows.Tracking.Models;

/// <summary>Reads the names of classes from a model's own files.</summary>
internal static class TransformersConfig
{
    // The classes that transformers offers under these names, for tokenizers that do not say what they are.
    private static readonly Dictionary<string, string> UsualTokenizers = new(StringComparer.Ordinal)
    {
        ["bert"] = "BertTokenizerFast",
        ["distilbert"] = "DistilBertTokenizerFast",
        ["electra"] = "ElectraTokenizerFast",
        ["gpt2"] = "GPT2TokenizerFast",
        ["llama"] = "LlamaTokenizerFast",
        ["mistral"] = "LlamaTokenizerFast",
        ["qwen2"] = "Qwen2TokenizerFast",
        ["qwen3"] = "Qwen2TokenizerFast",
        ["roberta"] = "RobertaTokenizerFast",
        ["xlm-roberta"] = "XLMRobertaTokenizerFast",
    };

    internal static string ModelClass(string folder)
    {
        var path = Path.Combine(folder, "config.json");
        using var config = Read(path);
        if (config.RootElement.TryGetProperty("architectures", out var names) && names.ValueKind == JsonValueKind.Array && names.GetArrayLength() > 0
            && names[0].GetString() is { Length: > 0 } name) return name;
        throw new TrackingException($"{path} names no class in \"architectures\", such as [\"BertForSequenceClassification\"].");
    }

    internal static string TokenizerClass(string folder)
    {
        var path = Path.Combine(folder, "tokenizer_config.json");
        if (File.Exists(path))
        {
            using var tokenizer = Read(path);
            if (Text(tokenizer, "tokenizer_class") is { Length: > 0 } name) return name;
        }

        var configPath = Path.Combine(folder, "config.json");
        using var config = Read(configPath);
        return Family(config) is { } type && UsualTokenizers.TryGetValue(type, out var usual)
            ? usual
            : throw new TrackingException(
                $"The tokenizer's class is not known: {path} has no \"tokenizer_class\", and {configPath} no \"model_type\" with a usual one.");
    }

    /// <summary>The fast form of a tokenizer's class, which knows where in the text its tokens stand; a class that has none of ours stays.</summary>
    internal static string Fast(string tokenizerClass) => UsualTokenizers.ContainsValue(tokenizerClass + "Fast") ? tokenizerClass + "Fast" : tokenizerClass;

    /// <summary>Whether the classifier is multi-label.</summary>
    internal static bool HasSeveralLabels(string folder)
    {
        using var config = Read(Path.Combine(folder, "config.json"));
        return (Text(config, "base_problem_type") ?? Text(config, "problem_type")) == "multi_label_classification";
    }

    /// <summary>Whether a row is a pair of texts, as <c>model_input.json</c> says where there is one.</summary>
    internal static bool TakesPairs(string folder)
    {
        var path = Path.Combine(folder, "model_input.json");
        if (!File.Exists(path)) return false;
        using var input = Read(path);
        return Text(input, "kind") == "TextPairClassification";
    }

    /// <summary>What others need to find the base of adapters: its name on the hub with its commit, else the digests of its weights.</summary>
    internal static string AdapterBase(string folder)
    {
        using var adapter = Read(Path.Combine(folder, "adapter_config.json"));
        var (name, revision) = (Text(adapter, "base_model_name_or_path") ?? "", Text(adapter, "revision"));
        if (!Path.IsPathRooted(name) && name.Count(c => c == '/') <= 1) return revision is null ? name : $"{name}@{revision}";
        var path = Path.Combine(folder, "adapter_base.json");
        if (!File.Exists(path)) return "a folder of the machine that trained the adapters";
        using var digests = Read(path);
        return "a folder of the machine that trained the adapters, with "
            + string.Join(", ", digests.RootElement.EnumerateObject().Select(file => $"{file.Name} of SHA-256 {(file.Value.ValueKind == JsonValueKind.String ? file.Value.GetString() : "")}"))
            + "; bring it along, or register the merged model";
    }

    /// <summary>The token that stands for a word to guess: what the tokenizer's files say, else BERT's.</summary>
    internal static string MaskToken(string folder)
    {
        foreach (var name in (ReadOnlySpan<string>)["special_tokens_map.json", "tokenizer_config.json"])
        {
            var path = Path.Combine(folder, name);
            if (!File.Exists(path)) continue;
            using var file = Read(path);
            if (!file.RootElement.TryGetProperty("mask_token", out var mask)) continue;
            var token = mask.ValueKind == JsonValueKind.Object && mask.TryGetProperty("content", out var content) ? content : mask;
            if (token.ValueKind == JsonValueKind.String && token.GetString() is { Length: > 0 } text) return text;
        }

        using var config = Read(Path.Combine(folder, "config.json"));
        return Family(config) is "roberta" or "xlm-roberta" ? "<mask>" : "[MASK]";
    }

    // A type of our own, of which transformers' classes know nothing, names the family that it stands for beside it.
    private static string? Family(JsonDocument config) => Text(config, "base_model_type") ?? Text(config, "model_type");

    private static string? Text(JsonDocument document, string name) =>
        document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonDocument Read(string path)
    {
        try
        {
            var document = JsonDocument.Parse(File.ReadAllBytes(path));
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            document.Dispose();
            throw new TrackingException($"{path} is no JSON object.");
        }
        catch (FileNotFoundException fault)
        {
            throw new TrackingException($"{path} is missing; a model's folder has it.", fault);
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new TrackingException($"{path} cannot be read: {fault.Message}", fault);
        }
    }
}
