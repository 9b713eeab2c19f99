using System.Text.Json;
using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Models;

/// <summary>Reads and writes classifiers as Hugging Face-layout folders.</summary>
internal static class ModelFolder
{
    public const string ConfigFile = "config.json";
    public const string WeightsFile = "model.safetensors";

    public static SequenceClassifier Load(string folder, TorchDevice device)
    {
        BertConfig config = ReadConfig(folder);
        IReadOnlyList<string> labels = config.Labels();
        if (labels.Count < 2)
            throw new ModelException($"{Path.Combine(folder, ConfigFile)} has no id2label with two classes or more, so it is no classifier.");
        using SafetensorsReader weights = OpenWeights(folder);
        SequenceClassifier model = SequenceClassifier.Declare(config, labels, device, Path.Combine(folder, ConfigFile));
        return Filled(model, () => WeightMatcher.Match(weights, model, config.LayerCount, mayReplaceHead: false).CopyTo(weights));
    }

    public static SequenceClassifier LoadForTraining(string folder, IReadOnlyList<string> labels, StructureOptions options, TorchDevice device,
        Action<string> note)
    {
        BertConfig original = ReadConfig(folder);
        using SafetensorsReader weights = OpenWeights(folder);
        bool sameHead = original.LabelById is not null && original.Labels().SequenceEqual(labels, StringComparer.Ordinal);
        SequenceClassifier model = SequenceClassifier.Declare(options.Apply(original), labels, device, Path.Combine(folder, ConfigFile));
        return Filled(model, () =>
        {
            WeightMatch match = WeightMatcher.Match(weights, model, original.LayerCount, mayReplaceHead: !sameHead);
            match.CopyTo(weights);
            foreach (ModelParameter parameter in match.Fresh)
                ParameterInitializer.Fill(parameter, original.InitializerRange, options.Seed);
            if (match.Fresh.Count > 0)
                note($"Start fresh, as {folder} has no fitting ones: {string.Join(", ", match.Fresh.Select(parameter => parameter.Name))}.");
            if (match.LeftOut.Count > 0)
                note($"{match.LeftOut.Count} weights of {folder} are not used: {WeightMatcher.Some(match.LeftOut)}.");
        });
    }

    public static string Save(SequenceClassifier model, string folder)
    {
        Directory.CreateDirectory(folder);
        BertConfig config = model.Config;
        if (config.Others?.ContainsKey("dtype") == true)
            config = config with { Others = config.Others.Where(pair => pair.Key != "dtype").ToDictionary(StringComparer.Ordinal) };
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(config, ModelJsonContext.Default.BertConfig);
        AtomicFile.Write(Path.Combine(folder, ConfigFile), stream =>
        {
            stream.Write(json);
            stream.WriteByte((byte)'\n');
        });
        return SafetensorsWriter.Write(Path.Combine(folder, WeightsFile), model.Parameters.Select(p => KeyValuePair.Create(p.Name, p.Value)));
    }

    public static BertConfig ReadConfig(string folder)
    {
        string path = Path.Combine(folder, ConfigFile);
        if (!Directory.Exists(folder))
            throw new ModelException($"Model folder {folder} does not exist.");
        if (!File.Exists(path))
            throw new ModelException($"{path} does not exist. A model folder holds {ConfigFile} and {WeightsFile}.");
        BertConfig config;
        try
        {
            config = JsonSerializer.Deserialize(File.ReadAllBytes(path), ModelJsonContext.Default.BertConfig)
                ?? throw new ModelException($"{path} holds null.");
        }
        catch (JsonException exception)
        {
            throw new ModelException($"{path} is no valid model configuration: {exception.Message}", exception);
        }
        config.Check(path);
        return config;
    }

    private static SafetensorsReader OpenWeights(string folder)
    {
        string path = Path.Combine(folder, WeightsFile);
        if (File.Exists(path))
            return SafetensorsReader.Open(path);
        string pickle = Path.Combine(folder, "pytorch_model.bin");
        if (File.Exists(pickle))
            throw new CheckpointException($"{folder} has its weights as a pickle ({Path.GetFileName(pickle)}), which is never opened. Convert it: "
                + $"{SafetensorsReader.PickleAdvice}");
        throw new CheckpointException($"{path} does not exist. A model folder holds {ConfigFile} and {WeightsFile}.");
    }

    private static SequenceClassifier Filled(SequenceClassifier model, Action fill)
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
