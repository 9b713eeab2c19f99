using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneWorkflows.Foundation.Files;
using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Models.Configuration;

namespace FineTuneWorkflows.Learning.Models.Adapters;

/// <summary><c>adapter_config.json</c> of an adapter in PEFT's layout (https://huggingface.co/docs/peft/developer_guides/checkpoint), as far as it matters here.</summary>
internal sealed record AdapterConfig
{
    public const string FileName = "adapter_config.json";

    private const string Usual = "LORA";

    // PEFT puts adapters onto the base's own class, which takes the first token: it must not load these. The name is what it shows.
    private const string OfMeanPooling = "LORA of a classifier that takes the mean of all tokens, which PEFT's base does not: merge it with 'finetune merge'";

    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>The base's folder or its name on the hub.</summary>
    public required string BaseModel { get; init; }

    /// <summary>The base's commit on the hub; null where none is named.</summary>
    public string? Revision { get; init; }

    /// <summary>Rank, alpha, dropout and target modules.</summary>
    public required LoraOptions Lora { get; init; }

    /// <summary>PEFT's name of the task; null where it names none.</summary>
    public string? TaskType { get; init; }

    /// <summary>The modules of the head that are trained in full.</summary>
    public IReadOnlyList<string> SavedModules { get; init; } = [];

    /// <summary>Whether matrices are stored <c>[in, out]</c>.</summary>
    public bool FanInFanOut { get; init; }

    /// <summary>Whether alpha is divided by the root of the rank instead of the rank (Kalajdzievski 2023, arXiv:2312.03732).</summary>
    public bool RankStabilized { get; init; }

    /// <summary>Whether the classifier takes the mean of all tokens, so that PEFT must not load the adapter.</summary>
    public bool MeanPooling { get; init; }

    /// <summary>What an adapter's output is multiplied with.</summary>
    /// <param name="rank">The adapter's rank.</param>
    public double Scale(long rank) => Lora.Alpha / (RankStabilized ? Math.Sqrt(rank) : rank);

    /// <summary>PEFT's name of a task; null where it has none.</summary>
    public static string? TaskTypeOf(ModelTask task) => task switch
    {
        ModelTask.SequenceClassification => "SEQ_CLS",
        ModelTask.TokenClassification => "TOKEN_CLS",
        ModelTask.CausalLanguageModeling => "CAUSAL_LM",
        _ => null,
    };

    /// <summary>Reads the file of a folder.</summary>
    /// <exception cref="ModelException">The file is no valid adapter configuration, or asks for something that is not supported; the message names it.</exception>
    public static AdapterConfig Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return Parse(document.RootElement, path);
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException or FormatException)
        {
            throw new ModelException($"{path} is no valid adapter configuration: {exception.Message}", exception);
        }
    }

    /// <summary>Writes the file as PEFT does: sorted names, the fields it needs to make the same adapter.</summary>
    public void Write(string folder)
    {
        var json = new JsonObject
        {
            ["base_model_name_or_path"] = BaseModel,
            ["bias"] = "none",
            ["fan_in_fan_out"] = FanInFanOut,
            ["inference_mode"] = true,
            ["init_lora_weights"] = true,
            ["lora_alpha"] = Lora.Alpha,
            ["lora_dropout"] = Lora.Dropout,
            ["modules_to_save"] = SavedModules.Count == 0 ? null : Names(SavedModules),
            ["peft_type"] = MeanPooling ? OfMeanPooling : Usual,
            ["r"] = Lora.Rank,
            ["revision"] = Revision,
            ["target_modules"] = Lora.TargetModules is [LoraOptions.AllLinear] ? LoraOptions.AllLinear : Names(Lora.TargetModules),
            ["task_type"] = TaskType,
            ["use_rslora"] = RankStabilized,
        };
        DurableFile.Write(Path.Combine(folder, FileName), stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(json.ToJsonString(Format) + "\n")));
    }

    private static AdapterConfig Parse(JsonElement root, string path)
    {
        string type = Text("peft_type") ?? "";
        Require(type is Usual or OfMeanPooling, "peft_type", type, "only LORA adapters can be read");
        Require(!Flag("use_dora"), "use_dora", "true", "DoRA is not supported");
        Require(Text("bias") is null or "none", "bias", Text("bias"), "biases that were trained with an adapter are not supported");
        foreach (string pattern in (string[])["rank_pattern", "alpha_pattern"])
            Require(!root.TryGetProperty(pattern, out JsonElement own) || own.ValueKind == JsonValueKind.Null || !own.EnumerateObject().Any(), pattern, "set", "all adapters must have one rank and alpha");
        var lora = new LoraOptions
        {
            Rank = root.GetProperty("r").GetInt32(),
            Alpha = root.GetProperty("lora_alpha").GetDouble(),
            Dropout = root.TryGetProperty("lora_dropout", out JsonElement dropout) ? dropout.GetDouble() : 0,
            TargetModules = List("target_modules"),
        };
        lora.Check();
        return new AdapterConfig
        {
            BaseModel = Text("base_model_name_or_path") is { Length: > 0 } name ? name
                : throw new ModelException($"{path}: base_model_name_or_path is missing, so it is not known upon which base the adapter stands."),
            Revision = Text("revision"),
            Lora = lora,
            TaskType = Text("task_type"),
            SavedModules = List("modules_to_save"),
            FanInFanOut = Flag("fan_in_fan_out"),
            RankStabilized = Flag("use_rslora"),
            MeanPooling = type == OfMeanPooling,
        };

        string? Text(string name) => root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

        bool Flag(string name) => root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;

        IReadOnlyList<string> List(string name) => !root.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null ? []
            : value.ValueKind == JsonValueKind.String ? [value.GetString()!] : [.. value.EnumerateArray().Select(item => item.GetString()!)];

        void Require(bool holds, string name, string? value, string what)
        {
            if (!holds)
                throw new ModelException($"{path}: {name} is {value}; {what}.");
        }
    }

    private static JsonArray Names(IEnumerable<string> names) => new([.. names.Order(StringComparer.Ordinal).Select(name => (JsonNode?)name)]);
}
