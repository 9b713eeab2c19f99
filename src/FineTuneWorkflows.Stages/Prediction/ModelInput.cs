using System.Text.Json;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Labelling;

namespace FineTuneWorkflows.Stages.Prediction;

/// <summary>
/// What a model was trained on, and so what it is to be asked with. Kept as <c>model_input.json</c> beside the model's <c>config.json</c>, which has no place for it: a classifier of
/// pairs and one of single texts have the same configuration. Other tools do not look at it.
/// </summary>
/// <param name="Kind">What the training examples were.</param>
public sealed record ModelInput(DataKind Kind)
{
    /// <summary>How a text is divided into the words that entities are found among: as those of the training data were. Null, as in models of older versions and for other kinds: by script.</summary>
    public WordDivision? Division { get; init; }

    /// <summary>The file's name in a model folder.</summary>
    public const string FileName = "model_input.json";

    /// <summary>Reads a model folder's file.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>What it says; null where there is none, as in models of other tools: then nobody knows.</returns>
    /// <exception cref="StageException">The file is damaged.</exception>
    public static ModelInput? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), ModelInputJson.Default.ModelInput) ?? throw new StageException($"{path} holds nothing");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new StageException($"{path} does not say what the model was trained on, such as {{\"kind\": \"{nameof(DataKind.TextClassification)}\"}}: {e.Message} Without the file any input is taken", e);
        }
    }

    /// <summary>Writes the file.</summary>
    /// <param name="folder">A model's folder.</param>
    public void Save(string folder) => File.WriteAllBytes(Path.Combine(folder, FileName), [.. JsonSerializer.SerializeToUtf8Bytes(this, ModelInputJson.Default.ModelInput), (byte)'\n']);
}
