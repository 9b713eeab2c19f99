using System.Text;
using FineTuneWorkflows.Tracking.Export;

namespace FineTuneWorkflows.Tracking.Models;

/// <summary>
/// Writes a model as MLflow's <c>transformers</c> flavor lays it out, so that Python loads it with <c>mlflow.transformers.load_model</c> and
/// <c>mlflow models serve</c> serves it: <c>MLmodel</c>, <c>model/</c>, <c>components/tokenizer/</c>, environments and an input example.
/// The same model gives the same bytes: there is no time, no path and no random id in them.
/// </summary>
public static class MlflowModelFolder
{
    // The layout is that of MLflow 3; nothing here depends on a later version.
    private const string MlflowVersion = "3.0.0";
    private const string PythonVersion = "3.11";
    private const string TransformersVersion = "4.40.0";

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
        var tokenizerClass = model.TokenizerClass ?? TransformersConfig.TokenizerClass(model.Folder);
        try
        {
            CopyModel(model.Folder, target);
            if (model.AdapterFolder is { } adapter) CopyFolder(adapter, Path.Combine(target, "peft"));
            Text(target, "MLmodel", Description(model, taskName, task, modelClass, tokenizerClass));
            Text(target, "requirements.txt", Requirements(model));
            Text(
                target, "python_env.yaml",
                $"python: \"{PythonVersion}\"\nbuild_dependencies:\n- pip\n- setuptools\n- wheel\ndependencies:\n- -r requirements.txt\n");
            Text(
                target, "conda.yaml",
                $"channels:\n- conda-forge\ndependencies:\n- python={PythonVersion}\n- pip\n- pip:\n  - -r requirements.txt\nname: mlflow-env\n");
            var example = $"[{string.Join(", ", texts.Select(Yaml.Quote))}]";
            Text(target, "input_example.json", example + "\n");
            Text(target, "serving_input_example.json", $"{{\"inputs\": {example}}}\n");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new TrackingException($"The model cannot be written to {target}: {fault.Message}", fault);
        }
    }

    private static string Requirements(TransformersModel model) =>
        $"mlflow>={MlflowVersion}\ntorch\ntransformers>={TransformersVersion}\nsafetensors\naccelerate\n"
        // A model's own folder may hold adapters alone: transformers then loads the base that they name, by way of peft.
        + $"{(model.AdapterFolder is null && !File.Exists(Path.Combine(model.Folder, "adapter_config.json")) ? "" : "peft\n")}";

    private static string Description(TransformersModel model, string taskName, TransformersTask task, string modelClass, string tokenizerClass)
    {
        var text = new StringBuilder();
        text.Append(
            $"""
            flavors:
              python_function:
                env:
                  conda: conda.yaml
                  virtualenv: python_env.yaml
                loader_module: mlflow.transformers
                python_version: "{PythonVersion}"
              transformers:
                code: null
                components:
                - tokenizer
                framework: pt
                instance_type: {task.PipelineClass}
                model_binary: model

            """.ReplaceLineEndings("\n"));
        if (model.AdapterFolder is not null) text.Append("    peft_adaptor: peft\n");
        text.Append(
            $"""
                pipeline_model_type: {Yaml.Quote(modelClass)}
                source_model_name: {Yaml.Quote(model.SourceModelName)}
                task: {taskName}
                tokenizer_name: {Yaml.Quote(model.SourceModelName)}
                tokenizer_type: {Yaml.Quote(tokenizerClass)}
                torch_dtype: {Yaml.Quote(model.TorchDtype)}
                transformers_version: {TransformersVersion}
            mlflow_version: {MlflowVersion}
            saved_input_example_info:
              artifact_path: input_example.json
              serving_input_path: serving_input_example.json
              type: json_object
            signature:
              inputs: '{TransformersTask.Inputs}'
              outputs: '{task.Outputs}'
              params: null

            """.ReplaceLineEndings("\n"));
        return text.ToString();
    }

    private static void CopyModel(string folder, string target)
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
            File.Copy(file, Path.Combine(TokenizerFiles.Contains(name) ? tokenizerFolder : modelFolder, name), overwrite: true);
        }

        // A tokenizer looks into the model's configuration to learn its type.
        File.Copy(Path.Combine(folder, "config.json"), Path.Combine(tokenizerFolder, "config.json"), overwrite: true);
    }

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
    }

    private static void Text(string folder, string name, string text) =>
        File.WriteAllText(Path.Combine(folder, name), text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
}
