using System.Text.Json;
using FineTuneWorkflows.Foundation.Digests;
using FineTuneWorkflows.Foundation.Files;
using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Models.Folders;
using FineTuneWorkflows.Learning.Models.Layers;
using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Models.Adapters;

/// <summary>Reads and writes adapters in PEFT's layout, with <c>config.json</c> for the class names and <c>adapter_base.json</c> for the base's digests beside.</summary>
internal static class AdapterFolder
{
    public const string WeightsFile = "adapter_model.safetensors";

    /// <summary>The file with the SHA-256 of the base's files of weights.</summary>
    public const string BaseFile = "adapter_base.json";

    /// <summary>What PEFT puts before the names of the model that it wraps.</summary>
    private const string Wrapper = "base_model.model.";

    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>Whether a folder holds an adapter, and no whole model.</summary>
    public static bool Is(string folder) => File.Exists(Path.Combine(folder, AdapterConfig.FileName)) && !File.Exists(Path.Combine(folder, ModelWeights.SingleFile))
        && !File.Exists(Path.Combine(folder, ModelWeights.IndexFile));

    public static string Save(LanguageModel model, string folder, AdapterBase adapted)
    {
        LoraOptions lora = model.Lora ?? throw new InvalidOperationException("The model has no adapters.");
        Directory.CreateDirectory(folder);
        ModelFamily family = model.Config.FamilyTable();
        ModelParameter[] trained = [.. model.Parameters.Where(p => p.Trainable || p.Role == ParameterRole.Adapter)];
        string[] saved = [.. trained.Where(p => p.Role != ParameterRole.Adapter).Select(p => Module(p.Name, family)).Distinct()];
        new AdapterConfig
        {
            BaseModel = adapted.NameOrPath,
            Revision = adapted.Revision,
            Lora = lora with { TargetModules = LoraTargets.ForPeft([.. model.LinearLayers.Where(layer => !saved.Contains(Module(layer.Name + ".", family)))], lora.TargetModules) },
            TaskType = AdapterConfig.TaskTypeOf(model.Task),
            SavedModules = saved,
            FanInFanOut = model.AdaptedLayers.Any(layer => layer.IsTransposed),
            MeanPooling = MeanPoolingFile.Concerns(model.Config),
        }.Write(folder);
        ConfigFile.Write(model.Config, folder);
        var weights = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string sha256) in adapted.Weights ?? new Dictionary<string, string>())
            weights[name] = sha256;
        DurableFile.Write(Path.Combine(folder, BaseFile), stream => JsonSerializer.Serialize(stream, weights, Format));
        return SafetensorsWriter.Write(Path.Combine(folder, WeightsFile), trained.Select(p => KeyValuePair.Create(Wrapper + p.Name, p.Value)));
    }

    public static LanguageModel Load(string folder, TorchDevice device, Func<string, string>? findBase)
    {
        AdapterConfig adapter = AdapterConfig.Read(folder);
        string baseFolder = FolderOf(adapter, folder, findBase);
        CheckBase(folder, baseFolder);
        using ModelWeights weights = ModelWeights.OpenFile(Path.Combine(folder, WeightsFile));
        ModelConfig config = File.Exists(Path.Combine(folder, ConfigFile.Name)) ? ModelConfig.Read(folder) : Guessed(adapter, ModelConfig.Read(baseFolder), weights, folder);
        ModelTask task = config.Task is { } known and not ModelTask.None ? known
            : throw new ModelException($"{folder}: neither {ConfigFile.Name} nor task_type says what the adapter is for.");
        (LanguageModel model, IReadOnlyList<string> lacking) = ModelFolder.LoadBase(baseFolder, config, task, device);
        return ModelFolder.Filled(model, () => Fill(model, adapter, weights, lacking));
    }

    /// <summary>Fills the adapters and the head from the folder's tensors, and freezes all else.</summary>
    private static void Fill(LanguageModel model, AdapterConfig adapter, ModelWeights weights, IReadOnlyList<string> lacking)
    {
        Dictionary<string, LinearLayer> layers = model.LinearLayers.ToDictionary(layer => layer.Name, StringComparer.Ordinal);
        ModelFamily family = model.Config.FamilyTable();
        var found = new Dictionary<string, TensorEntry>(StringComparer.Ordinal);
        foreach (TensorEntry entry in weights.Entries.Values)
            found[Canonical(entry.Name, family)] = entry;
        foreach ((string name, TensorEntry entry) in found.Where(pair => pair.Key.EndsWith(LoraAdapter.DownSuffix, StringComparison.Ordinal)))
        {
            string layer = name[..^LoraAdapter.DownSuffix.Length];
            if (layers.TryGetValue(layer, out LinearLayer? beside) && entry.Shape.Count == 2)
                model.Adapt(beside, entry.Shape[0], adapter.Scale(entry.Shape[0]), adapter.Lora.Dropout);
        }
        model.Adapted(adapter.Lora);
        model.FreezeBase();
        var problems = new WeightProblems(weights.Path);
        foreach ((string name, TensorEntry entry) in found)
        {
            if (model.Find(name) is not { } parameter || parameter.Role == ParameterRole.Backbone)
                problems.Extra.Add(entry.Name);
            else if (!entry.Shape.SequenceEqual(parameter.Value.shape))
                problems.Misshapen.Add($"{entry.Name} is {entry.ShapeText} instead of [{string.Join(", ", parameter.Value.shape)}]");
        }
        problems.Missing.AddRange(model.Parameters.Where(p => p.Role == ParameterRole.Adapter).Select(p => p.Name).Concat(lacking).Where(name => !found.ContainsKey(name)));
        problems.Refuse();
        foreach ((string name, TensorEntry entry) in found)
            weights.ReadInto(entry.Name, model.Find(name)!.Value);
        foreach (ModelParameter parameter in model.Parameters.Where(p => !found.ContainsKey(p.Name)))
            parameter.Freeze();
    }

    private static string FolderOf(AdapterConfig adapter, string folder, Func<string, string>? findBase)
    {
        // Names on the hub and paths look alike; a path that is there, or that cannot be a name, is a path.
        bool path = Directory.Exists(adapter.BaseModel) || Path.IsPathRooted(adapter.BaseModel) || adapter.BaseModel.StartsWith('.') || adapter.BaseModel.Count(c => c == '/') > 1;
        string name = path ? adapter.BaseModel : $"hf://{adapter.BaseModel}{(adapter.Revision is null ? "" : "@" + adapter.Revision)}";
        string found = findBase?.Invoke(name) ?? name;
        return Directory.Exists(found) ? found : throw new ModelException(
            $"{folder} is an adapter of the base {adapter.BaseModel}, which is not there; bring it back, or put its place into {AdapterConfig.FileName} as base_model_name_or_path.");
    }

    private static void CheckBase(string folder, string baseFolder)
    {
        string path = Path.Combine(folder, BaseFile);
        if (!File.Exists(path))
            return;
        Dictionary<string, string> expected;
        try
        {
            expected = JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllBytes(path)) ?? [];
        }
        catch (JsonException exception)
        {
            throw new ModelException($"{path} is damaged: {exception.Message}", exception);
        }
        foreach ((string name, string sha256) in expected)
        {
            string file = Path.Combine(baseFolder, name);
            if (!File.Exists(file))
                throw new ModelException($"{folder} is an adapter of a base with the file {name}, which {baseFolder} does not have.");
            string found = ContentDigest.OfFile(file);
            if (found != sha256)
                throw new ModelException($"{folder} is an adapter of another base: {file} has the SHA-256 {found}, but the adapter was trained on {sha256}.");
        }
    }

    /// <summary>The configuration that PEFT's own folders lack: the base's, with the head that the adapter brings.</summary>
    private static ModelConfig Guessed(AdapterConfig adapter, ModelConfig config, ModelWeights weights, string folder)
    {
        ModelTask? task = adapter.TaskType switch
        {
            "SEQ_CLS" => ModelTask.SequenceClassification,
            "TOKEN_CLS" => ModelTask.TokenClassification,
            "CAUSAL_LM" => ModelTask.CausalLanguageModeling,
            null => config.Task,
            _ => throw new ModelException($"{folder}: task_type is {adapter.TaskType}; SEQ_CLS, TOKEN_CLS and CAUSAL_LM can be read."),
        };
        if (task is not (ModelTask.SequenceClassification or ModelTask.TokenClassification))
            return task is { } known ? config.ForTask(known, []) : config;
        using LanguageModel declared = LanguageModel.Declare(config, task.Value, ["0", "1"], TorchDevice.Nowhere, folder);
        string output = Wrapper + declared.Parameters.First(p => p.Role == ParameterRole.HeadOutput && p.Kind == ParameterKind.Weight).Name;
        if (!weights.Entries.TryGetValue(output, out TensorEntry? entry))
            throw new ModelException($"{weights.Path} has no tensor {output}, so the number of classes is not known.");
        return config.ForTask(task.Value, config.Labels().Count == entry.Shape[0] ? config.Labels() : ModelConfig.DefaultLabels((int)entry.Shape[0]));
    }

    private static string Canonical(string name, ModelFamily family)
    {
        string inner = name.StartsWith(Wrapper, StringComparison.Ordinal) ? name[Wrapper.Length..] : name;
        return family.IsHead(inner) || inner.StartsWith(family.Prefix, StringComparison.Ordinal) ? inner : family.Prefix + inner;
    }

    /// <summary>The module that a weight of the head belongs to, as PEFT names those to save.</summary>
    private static string Module(string name, ModelFamily family)
    {
        string below = name.StartsWith(family.Prefix, StringComparison.Ordinal) ? name[family.Prefix.Length..] : name;
        return below[..below.IndexOf('.')];
    }
}
