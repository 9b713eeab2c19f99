using System.Globalization;
using System.Text;
using FineTuneWorkflows.Tracking.Export;

namespace FineTuneWorkflows.Tracking.Models;

/// <summary>The file <c>MLmodel</c>: what MLflow reads of a model before it loads it.</summary>
internal sealed class MlModelFile(TransformersModel model, string taskName, TransformersTask task, string modelClass, string tokenizerClass)
{
    internal const string FileName = "MLmodel";

    /// <summary>The module that loads classifiers and finders of entities. Its number rises with what it does: Python keeps one module of a name.</summary>
    internal const string Loader = "finetune_workflows_v2";

    private readonly bool _several = TransformersConfig.HasSeveralLabels(model.Folder);

    // A model's own folder may hold adapters alone, which stand upon the base that they name.
    private readonly bool _adaptersAlone = model.AdapterFolder is null && File.Exists(Path.Combine(model.Folder, "adapter_config.json"));

    /// <summary>Whether the model answers by our own module: that of MLflow neither cuts nor calibrates, gives one class where there are several, and tokens where there are entities.</summary>
    internal bool HasOwnLoader => taskName is "text-classification" or "token-classification";

    /// <summary>Whether it takes two texts a row.</summary>
    internal bool TakesPairs { get; } = TransformersConfig.TakesPairs(model.Folder);

    /// <summary>The packages that it needs, one a line.</summary>
    internal string Requirements()
    {
        IEnumerable<string> all = TestedVersions.Requirements;
        if (_adaptersAlone || model.AdapterFolder is not null) all = all.Append(TestedVersions.Peft);
        return string.Concat(all.Select(line => line + "\n"));
    }

    /// <summary>The file's text.</summary>
    internal string Text()
    {
        var text = new StringBuilder("flavors:\n");
        Add(1, "python_function:");
        if (HasOwnLoader) Add(2, "code: code");
        Add(2, "env:", "  conda: conda.yaml", "  virtualenv: python_env.yaml");
        Add(2, $"loader_module: {(HasOwnLoader ? Loader : "mlflow.transformers")}", $"python_version: \"{TestedVersions.Python}\"");
        // transformers would lose the names of the classes where the adapters bring the head.
        if (!_adaptersAlone || !HasOwnLoader) Transformers(Add);
        if (_adaptersAlone) Add(0, "metadata:", $"  adapter_base: {Yaml.Quote(TransformersConfig.AdapterBase(model.Folder))}");
        Add(0, $"mlflow_version: {TestedVersions.Mlflow}");
        if (model.Digest is { } digest) Add(0, $"model_uuid: {digest[..32]}");
        Add(0, "saved_input_example_info:", "  artifact_path: input_example.json", "  serving_input_path: serving_input_example.json", "  type: json_object");
        Add(0, "signature:", $"  inputs: '{(TakesPairs ? TransformersTask.PairInputs : TransformersTask.Inputs)}'");
        Add(1, $"outputs: '{(_several ? TransformersTask.SeveralClasses : task.Outputs)}'");
        Add(1, taskName == "text-classification" ? $"params: '{TransformersTask.Parameters}'" : "params: null");
        return text.ToString();

        void Add(int depth, params ReadOnlySpan<string> lines)
        {
            foreach (var line in lines) text.Append(' ', 2 * depth).Append(line).Append('\n');
        }
    }

    /// <summary>The text with what the server that it goes to knows: its names of the run and the logged model, and where the model lies.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="artifactUri">Where the model lies there.</param>
    /// <param name="runId">The server's id of the run.</param>
    /// <param name="modelId">The server's id of the logged model.</param>
    /// <param name="time">When the model was made.</param>
    internal static string Placed(string text, string? artifactUri, string runId, string modelId, DateTimeOffset time) =>
        $"artifact_path: {Yaml.Quote(artifactUri ?? "")}\n{text.TrimEnd('\n')}\nmodel_id: {modelId}\nrun_id: {runId}\n"
        + $"utc_time_created: '{time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)}'\n";

    private delegate void Lines(int depth, params ReadOnlySpan<string> lines);

    private void Transformers(Lines add)
    {
        add(1, "transformers:");
        add(2, "code: null", "components:", "- tokenizer", "framework: pt", $"instance_type: {task.PipelineClass}", "model_binary: model");
        if (model.AdapterFolder is not null) add(2, "peft_adaptor: peft");
        add(
            2, $"pipeline_model_type: {Yaml.Quote(modelClass)}", $"source_model_name: {Yaml.Quote(model.SourceModelName)}", $"task: {taskName}",
            $"tokenizer_name: {Yaml.Quote(model.SourceModelName)}", $"tokenizer_type: {Yaml.Quote(tokenizerClass)}", $"torch_dtype: {Yaml.Quote(model.TorchDtype)}",
            $"transformers_version: {TestedVersions.Transformers}");
    }
}
