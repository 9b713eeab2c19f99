using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneWorkflows.Text.Datasets;

namespace FineTuneWorkflows.Text.Tokenization;

/// <summary>Reads and writes <c>tokenizer_config.json</c> in Hugging Face's layout. What is not known here is passed over.</summary>
internal static class TokenizerConfigFile
{
    public const string Name = "tokenizer_config.json";

    public static WordPieceOptions Read(string path)
    {
        var root = TextJson.Read<JsonObject>(path, "a tokenizer configuration");
        if (Boolean(root, "do_basic_tokenize", path) == false)
            throw new TextDataException(
                "'do_basic_tokenize' is false, which is not supported: texts are always split at white space and punctuation first", path);
        var options = new WordPieceOptions();
        return options with
        {
            LowerCase = Boolean(root, "do_lower_case", path) ?? options.LowerCase,
            StripAccents = Boolean(root, "strip_accents", path),
            SplitIdeographs = Boolean(root, "tokenize_chinese_chars", path) ?? options.SplitIdeographs,
            ModelMaxLength = MaxLength(root),
            UnknownToken = Token(root, "unk_token", path) ?? options.UnknownToken,
            SeparatorToken = Token(root, "sep_token", path) ?? options.SeparatorToken,
            PaddingToken = Token(root, "pad_token", path) ?? options.PaddingToken,
            ClassificationToken = Token(root, "cls_token", path) ?? options.ClassificationToken,
            MaskToken = Token(root, "mask_token", path) ?? options.MaskToken,
        };
    }

    public static byte[] Bytes(WordPieceOptions options)
    {
        var root = new JsonObject
        {
            ["tokenizer_class"] = "BertTokenizer",
            ["do_lower_case"] = options.LowerCase,
            ["strip_accents"] = options.StripAccents,
            ["tokenize_chinese_chars"] = options.SplitIdeographs,
            ["unk_token"] = options.UnknownToken,
            ["sep_token"] = options.SeparatorToken,
            ["pad_token"] = options.PaddingToken,
            ["cls_token"] = options.ClassificationToken,
            ["mask_token"] = options.MaskToken,
        };
        if (options.ModelMaxLength is { } max) root["model_max_length"] = max;
        return TextJson.Bytes(root);
    }

    private static bool? Boolean(JsonObject root, string name, string path) => root[name] switch
    {
        null => null,
        JsonValue v when v.GetValueKind() == JsonValueKind.True => true,
        JsonValue v when v.GetValueKind() == JsonValueKind.False => false,
        var other => throw new TextDataException($"'{name}' is {other.ToJsonString()}; it must be true or false", path),
    };

    // A token is a string, or an object whose "content" is the string.
    private static string? Token(JsonObject root, string name, string path)
    {
        var node = root[name] is JsonObject wrapped ? wrapped["content"] : root[name];
        return node switch
        {
            null => null,
            JsonValue v when v.GetValueKind() == JsonValueKind.String && v.GetValue<string>().Length > 0 => v.GetValue<string>(),
            _ => throw new TextDataException($"'{name}' is {node.ToJsonString()}; it must be a token such as \"[UNK]\"", path),
        };
    }

    // Hugging Face writes 1e30 for "no limit".
    private static int? MaxLength(JsonObject root) =>
        root["model_max_length"] is JsonValue v && v.GetValueKind() == JsonValueKind.Number && v.TryGetValue<double>(out var length)
            && length is >= 2 and <= int.MaxValue ? (int)length : null;
}
