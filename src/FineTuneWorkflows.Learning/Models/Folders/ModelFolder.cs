using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Models.Folders;

/// <summary>Reads and writes models as Hugging Face-layout folders.</summary>
internal static class ModelFolder
{
    public static LanguageModel Load(string folder, TorchDevice device)
    {
        ModelConfig config = ModelConfig.Read(folder);
        string path = Path.Combine(folder, ConfigFile.Name);
        ModelTask task = config.Task is { } known and not ModelTask.None ? known : throw new ModelException(
            $"{path}: architectures is {(config.Architectures.Count == 0 ? "missing" : string.Join(", ", config.Architectures))}, so the model has no head that "
            + $"can be used. Heads are {string.Join(", ", ArchitectureNames.HeadsOf(config.FamilyTable()))}.");
        IReadOnlyList<string> labels = task is ModelTask.SequenceClassification or ModelTask.TokenClassification ? config.LabelsOrDefault() : [];
        using ModelWeights weights = ModelWeights.Open(folder);
        CheckFit(config, task, labels, weights, path, config.LayerCount, _ => HeadReuse.All);
        LanguageModel model = LanguageModel.Declare(config, task, labels, device, path);
        return Filled(model, () => WeightMatcher.Match(weights, model, config.LayerCount, HeadReuse.All).CopyTo(weights));
    }

    public static LanguageModel LoadForTraining(
        string folder, ModelTask task, IReadOnlyList<string> labels, StructureOptions options, TorchDevice device, Action<string> note)
    {
        ModelConfig original = ModelConfig.Read(folder);
        using ModelWeights weights = ModelWeights.Open(folder);
        ModelConfig changed = options.Apply(original, task);
        string path = Path.Combine(folder, ConfigFile.Name);
        CheckFit(changed, task, labels, weights, path, original.LayerCount, declared => Reuse(original, declared));
        bool narrow = options.Lora is not null && options.KeepBFloat16 && weights.Entries.Values.All(entry => entry.Type == TensorType.BF16);
        LanguageModel model = LanguageModel.Declare(changed, task, labels, device, path, narrow ? torch.ScalarType.BFloat16 : torch.ScalarType.Float32);
        return Filled(model, () =>
        {
            WeightMatch match = WeightMatcher.Match(weights, model, original.LayerCount, Reuse(original, model));
            if (options.Lora is not null && model.Labels.Count == 0 && match.Fresh.Count > 0)
                throw new ModelException($"LoRA trains adapters of a base's weights, but {folder} has no head for {task}: {WeightMatcher.Some([.. match.Fresh.Select(p => p.Name)])} would be newly "
                    + "initialized and stay so. Train without LoRA first, or take a base with that head.");
            match.CopyTo(weights);
            foreach (ModelParameter parameter in match.Fresh)
                ParameterInitializer.Fill(parameter, original.InitializerRange, options.Seed);
            if (match.Fresh.Count > 0)
                note($"Newly initialized (not in {folder}): {string.Join(", ", match.Fresh.Select(parameter => parameter.Name))}.");
            if (match.LeftOut.Count > 0)
                note($"{match.LeftOut.Count} weights of {folder} are not used: {WeightMatcher.Some(match.LeftOut)}.");
            model.Prepare(options);
        });
    }

    /// <summary>Checks what a training would find when it opens the folder, whatever it trains the base for.</summary>
    public static int CheckBase(string folder, int? layers)
    {
        ModelConfig original = ModelConfig.Read(folder);
        using ModelWeights weights = ModelWeights.Open(folder);
        // A head's own weights may be new; which there are does not matter for what lies below it.
        bool writes = original is DecoderConfig;
        ModelTask task = writes ? ModelTask.CausalLanguageModeling : ModelTask.SequenceClassification;
        ModelConfig changed = new StructureOptions { Layers = layers }.Apply(original, task);
        CheckFit(changed, task, writes ? [] : ["0", "1"], weights, Path.Combine(folder, ConfigFile.Name), original.LayerCount, _ => HeadReuse.Body);
        return original.MaxTokens;
    }

    /// <summary>Loads a base for an adapter that brings its head: what the base lacks of that stays without values.</summary>
    public static (LanguageModel Model, IReadOnlyList<string> Lacking) LoadBase(string folder, ModelConfig config, ModelTask task, TorchDevice device)
    {
        int layers = ModelConfig.Read(folder).LayerCount;
        IReadOnlyList<string> labels = config.Labels();
        using ModelWeights weights = ModelWeights.Open(folder);
        HeadReuse reuse = labels.Count > 0 ? HeadReuse.Body : HeadReuse.All;
        CheckFit(config, task, labels, weights, folder, layers, _ => reuse);
        LanguageModel model = LanguageModel.Declare(config, task, labels, device, folder);
        IReadOnlyList<string> lacking = [];
        return (Filled(model, () =>
        {
            WeightMatch match = WeightMatcher.Match(weights, model, layers, reuse);
            match.CopyTo(weights);
            lacking = [.. match.Fresh.Select(parameter => parameter.Name)];
        }), lacking);
    }

    public static string Save(LanguageModel model, string folder)
    {
        Directory.CreateDirectory(folder);
        ConfigFile.Write(model.Config, folder);
        return SafetensorsWriter.Write(
            Path.Combine(folder, ModelWeights.SingleFile), model.Parameters.Select(p => KeyValuePair.Create(p.Name, p.Value)),
            type: torch.ScalarType.Float32);
    }

    /// <summary>Refuses weights that do not fit their configuration before memory is taken for a model of the sizes that it claims.</summary>
    private static void CheckFit(
        ModelConfig config, ModelTask task, IReadOnlyList<string> labels, ModelWeights weights, string path, int layersInFile,
        Func<LanguageModel, HeadReuse> reuse)
    {
        if (config.LayerCount > weights.Entries.Count)
            throw new CheckpointException($"{weights.Path} does not fit its {ConfigFile.Name}: {config.LayerCount} layers need more than the "
                + $"{weights.Entries.Count} weights that are there.");
        using LanguageModel declared = LanguageModel.Declare(config, task, labels, TorchDevice.Nowhere, path);
        _ = WeightMatcher.Match(weights, declared, layersInFile, reuse(declared));
    }

    // A file without architectures that has classes was a classifier of sequences, as all files of old were.
    private static HeadReuse Reuse(ModelConfig original, LanguageModel model)
    {
        ModelTask? task = original.Architectures.Count > 0 ? original.Task
            : original.LabelById is null ? null : ModelTask.SequenceClassification;
        bool same = task == model.Task && original.LabelById is not null && original.Labels().SequenceEqual(model.Labels, StringComparer.Ordinal);
        return same ? HeadReuse.Same : HeadReuse.Body;
    }

    /// <summary>Fills a model that was declared, and frees it where that fails.</summary>
    internal static LanguageModel Filled(LanguageModel model, Action fill)
    {
        try
        {
            using var scope = torch.NewDisposeScope();
            fill();
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }
}
