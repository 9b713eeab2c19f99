using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneWorkflows.Tracking.Export;

namespace FineTuneWorkflows.Tracking.Models;

/// <summary>
/// Writes a model as MLflow lays it out, so that Python loads it and <c>mlflow models serve</c> serves it: <c>MLmodel</c>, <c>model/</c>, <c>components/tokenizer/</c>, environments and an input
/// example. It has MLflow's <c>transformers</c> flavor; as <c>python_function</c> that flavor too, but for classes and entities a module in <c>code/</c>, which gives the answers that were measured.
/// The same model gives the same bytes: there is no time, no path and no random id in them; <see cref="MlModelFile.Placed"/> adds what a server knows.
/// </summary>
public static class MlflowModelFolder
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly HashSet<string> TokenizerFiles = new(StringComparer.OrdinalIgnoreCase)
    {
        "added_tokens.json", "chat_template.jinja", "merges.txt", "sentencepiece.bpe.model", "special_tokens_map.json", "spiece.model", "tokenizer.json",
        "tokenizer.model", "tokenizer_config.json", "vocab.json", "vocab.txt",
    };

    /// <summary>Writes the folder.</summary>
    /// <param name="model">What to write.</param>
    /// <param name="target">Where; made where it is missing, files of the same name are replaced.</param>
    /// <exception cref="TrackingException">
    /// The task is not known, there is no example, a file of the model is missing or names no class, its weights are not safetensors, or the
    /// target cannot be written.
    /// </exception>
    public static void Write(TransformersModel model, string target)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrWhiteSpace(target);
        if (model.InputExample is { Count: 0 }) throw new TrackingException("A model needs at least one text as its input example.");
        var modelClass = model.ModelClass ?? TransformersConfig.ModelClass(model.Folder);
        var taskName = model.Task ?? TransformersTask.OfClass(modelClass);
        var task = TransformersTask.Find(taskName);
        var texts = model.InputExample ?? [taskName == "fill-mask" ? $"An example {TransformersConfig.MaskToken(model.Folder)}." : "An example text."];
        var tokenizerClass = TransformersConfig.Fast(model.TokenizerClass ?? TransformersConfig.TokenizerClass(model.Folder));
        var file = new MlModelFile(model, taskName, task, modelClass, tokenizerClass);
        try
        {
            CopyModel(model.Folder, target, namesAreText: file.HasOwnLoader);
            if (model.AdapterFolder is { } adapter) CopyFolder(adapter, Path.Combine(target, "peft"));
            if (file.HasOwnLoader) CopyCode(target);
            Text(target, MlModelFile.FileName, file.Text());
            Text(target, "requirements.txt", file.Requirements());
            Text(
                target, "python_env.yaml",
                $"python: \"{TestedVersions.Python}\"\nbuild_dependencies:\n- pip\n- setuptools\n- wheel\ndependencies:\n- -r requirements.txt\n");
            Text(
                target, "conda.yaml",
                $"channels:\n- conda-forge\ndependencies:\n- python={TestedVersions.Python}\n- pip\n- pip:\n  - -r requirements.txt\nname: mlflow-env\n");
            var example = $"[{string.Join(", ", texts.Select(text => file.TakesPairs ? $"{{\"text\": {Yaml.Quote(text)}, \"text_pair\": {Yaml.Quote(text)}}}" : Yaml.Quote(text)))}]";
            Text(target, "input_example.json", example + "\n");
            Text(target, "serving_input_example.json", $"{{\"{(file.TakesPairs ? "dataframe_records" : "inputs")}\": {example}}}\n");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new TrackingException($"The model cannot be written to {target}: {fault.Message}", fault);
        }
    }

    private static void CopyModel(string folder, string target, bool namesAreText)
    {
        var files = Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).ToList();
        if (!files.Exists(file => file.EndsWith(".safetensors", StringComparison.Ordinal)))
            throw new TrackingException($"{folder} has no weights as safetensors; no other format is passed on.");
        var (modelFolder, tokenizerFolder) = (Path.Combine(target, "model"), Path.Combine(target, "components", "tokenizer"));
        Directory.CreateDirectory(modelFolder);
        Directory.CreateDirectory(tokenizerFolder);
        foreach (var file in files)
        {
            var name = Path.GetFileName(file);
            var copy = Path.Combine(TokenizerFiles.Contains(name) ? tokenizerFolder : modelFolder, name);
            File.Copy(file, copy, overwrite: true);
            if (namesAreText && name == "tokenizer_config.json") TakeNamesAsText(copy);
        }

        // A tokenizer looks into the model's configuration to learn its type.
        File.Copy(Path.Combine(folder, "config.json"), Path.Combine(tokenizerFolder, "config.json"), overwrite: true);
    }

    // The name of a special token in a text that is classified is text, as in the training; transformers would take it for the token.
    private static void TakeNamesAsText(string file)
    {
        JsonNode? settings;
        try
        {
            settings = JsonNode.Parse(File.ReadAllText(file));
        }
        catch (JsonException fault)
        {
            throw new TrackingException($"{file} is no JSON: {fault.Message}", fault);
        }

        if (settings is not JsonObject) return;
        settings["split_special_tokens"] = true;
        Text(Path.GetDirectoryName(file)!, Path.GetFileName(file), settings.ToJsonString(Indented) + "\n");
    }

    private static void CopyCode(string target)
    {
        var folder = Directory.CreateDirectory(Path.Combine(target, "code")).FullName;
        using var source = typeof(MlflowModelFolder).Assembly.GetManifestResourceStream($"{MlModelFile.Loader}.py")!;
        using var reader = new StreamReader(source, Encoding.UTF8);
        Text(folder, $"{MlModelFile.Loader}.py", reader.ReadToEnd().ReplaceLineEndings("\n"));
    }

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
    }

    private static void Text(string folder, string name, string text) =>
        File.WriteAllText(Path.Combine(folder, name), text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
}
