using System.Text.Json;
using FineTuneWorkflows.Text.Tokenization.AddedTokens;

namespace FineTuneWorkflows.Text.Tokenization.Loading;

/// <summary>What <c>tokenizer_config.json</c>, <c>special_tokens_map.json</c> and <c>config.json</c> say about a tokenizer.</summary>
internal sealed class TokenizerSettings
{
    private static readonly string[] Roles = ["pad_token", "unk_token", "cls_token", "sep_token", "mask_token", "bos_token", "eos_token"];

    private readonly Dictionary<string, string> _tokens = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _flags = new(StringComparer.Ordinal);

    /// <summary>The class, for instance <c>RobertaTokenizer</c>, without a trailing <c>Fast</c>; empty where the files do not say it.</summary>
    public string Class { get; private set; } = "";

    /// <summary>The model's family, for instance <c>roberta</c>; empty where there is no config.json.</summary>
    public string ModelType { get; private set; } = "";

    /// <summary>The most tokens the model takes, or null.</summary>
    public int? ModelMaxLength { get; private set; }

    /// <summary>The tokens that tokenizer_config.json and added_tokens.json add.</summary>
    public List<AddedToken> AddedTokens { get; } = [];

    /// <summary>Reads what is there of the three files.</summary>
    public static TokenizerSettings Read(TokenizerFileSet files)
    {
        var settings = new TokenizerSettings();
        Read("special_tokens_map.json", settings.ReadTokens);
        Read(TokenizerConfigFile.Name, settings.ReadConfig);
        Read("added_tokens.json", settings.ReadAdded);
        // A type of our own names the family that it stands for beside it.
        var config = files.PathOf("config.json");
        if (File.Exists(config)) settings.ModelType = JsonPart.Read(TokenizerFileSet.ReadBytes(config), config, p => p["base_model_type"].Text(p["model_type"].Text("")));
        return settings;

        void Read(string name, Action<JsonPart> read)
        {
            if (files.Bytes(name) is not { } bytes) return;
            JsonPart.Read(bytes, files.PathOf(name), part =>
            {
                read(part);
                return true;
            });
        }
    }

    /// <summary>A setting that is true or false.</summary>
    public bool Flag(string name, bool otherwise) => _flags.GetValueOrDefault(name, otherwise);

    /// <summary>The token of a role such as <c>bos_token</c>, or null.</summary>
    public string? Token(string role) => _tokens.GetValueOrDefault(role);

    /// <summary>The ids of the roles' tokens: those the files name, else those that are usual.</summary>
    public SpecialTokenIds SpecialTokens(Func<string, int?> idOf, int? unknown)
    {
        return new SpecialTokenIds
        {
            Padding = Id("pad_token", "[PAD]", "<pad>"),
            Unknown = Id("unk_token") ?? unknown ?? Id("unk_token", "[UNK]", "<unk>"),
            Classification = Id("cls_token", "[CLS]"),
            Separator = Id("sep_token", "[SEP]"),
            Mask = Id("mask_token", "[MASK]", "<mask>"),
            Begin = Id("bos_token", "<s>", "<|begin_of_text|>"),
            End = Id("eos_token", "</s>", "<|end_of_text|>", "<|endoftext|>"),
        };

        int? Id(string role, params string[] usual)
        {
            if (_tokens.TryGetValue(role, out var token)) return idOf(token);
            return usual.Select(idOf).FirstOrDefault(id => id is not null);
        }
    }

    /// <summary>
    /// The template, but for Llama's tokenizer, where <c>add_bos_token</c> and <c>add_eos_token</c> overrule what the file says, as in transformers.
    /// </summary>
    public SequenceTemplate WithBeginAndEnd(SequenceTemplate template, IReadOnlyList<AddedToken> added)
    {
        if (Class is not ("LlamaTokenizer" or "CodeLlamaTokenizer")) return template;
        return SequenceTemplate.Decoder(
            Flag("add_bos_token", true) ? Id("bos_token", "<s>") : null, Flag("add_eos_token", false) ? Id("eos_token", "</s>") : null);

        int? Id(string role, string usual) => added.FirstOrDefault(t => t.Content == (Token(role) ?? usual))?.Id;
    }

    private void ReadConfig(JsonPart config)
    {
        ReadTokens(config);
        Class = config["tokenizer_class"].Text("");
        if (Class.EndsWith("Fast", StringComparison.Ordinal)) Class = Class[..^4];
        foreach (var (name, value) in config.Members())
        {
            if (value.Value.ValueKind is JsonValueKind.True or JsonValueKind.False) _flags[name] = value.Flag();
        }
        // Hugging Face writes 1e30 for "no limit".
        if (config["model_max_length"].Value is { ValueKind: JsonValueKind.Number } number && number.TryGetDouble(out var length)
            && length is >= 2 and <= int.MaxValue)
            ModelMaxLength = (int)length;
        if (!config["added_tokens_decoder"].Exists) return;
        foreach (var (name, value) in config["added_tokens_decoder"].Members())
        {
            if (!int.TryParse(name, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var id)
                || id > TokenizerLoader.MostTokens)
                throw new TextDataException($"'{value.Place}': '{name}' is no token's number", value.File);
            AddedTokens.Add(TokenizerJsonFile.Added(value, id));
        }
    }

    private void ReadAdded(JsonPart added)
    {
        foreach (var (name, value) in added.Members())
        {
            if (name.Length > 0 && !AddedTokens.Exists(t => t.Content == name)) AddedTokens.Add(new AddedToken(name, value.Id(), Special: _tokens.ContainsValue(name)));
        }
    }

    private void ReadTokens(JsonPart part)
    {
        foreach (var role in Roles)
        {
            // A token is a string, or an object whose "content" is the string.
            var token = part[role].Value.ValueKind == JsonValueKind.Object ? part[role]["content"] : part[role];
            if (token.Exists) _tokens[role] = token.Text();
        }
    }
}
