using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Stages.Prediction;

/// <summary>A saved model with its tokenizer: texts in; classes, entities, tokens for masks or the texts' continuations out.</summary>
public abstract class TextPredictor : IDisposable
{
    private protected TextPredictor(string folder) => (Folder, Input) = (folder, ModelInput.Read(folder));

    /// <summary>The model's folder.</summary>
    public string Folder { get; }

    /// <summary>What the model was trained on; null where its folder does not say it.</summary>
    public ModelInput? Input { get; }

    /// <summary>The classes or tags by number; none of a text generation or masked language model.</summary>
    public abstract IReadOnlyList<string> Labels { get; }

    /// <summary>Loads a model folder in Hugging Face's layout with its tokenizer.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="device"><c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:n</c>.</param>
    /// <param name="trace">Is told how libtorch was loaded.</param>
    /// <param name="options">How answers are given; null takes the defaults.</param>
    /// <exception cref="FineTuneWorkflows.Learning.LearningException">The model cannot be loaded.</exception>
    /// <exception cref="FineTuneWorkflows.Text.TextDataException">The tokenizer is missing or damaged.</exception>
    /// <exception cref="StageException">The model has no head, its tags are not those of entities, or an option does not suit it.</exception>
    public static TextPredictor Load(string folder, string device = "auto", Action<string>? trace = null, PredictionOptions? options = null)
    {
        options ??= new PredictionOptions();
        // The tokenizer and the configuration first: they are cheap, and a folder that is no model's fails at once.
        var tokenizer = Tokenizer.Load(folder);
        var task = ModelConfig.Read(folder).Task;
        if (options.System is not null && task != ModelTask.CausalLanguageModeling)
            throw new PredictionInputException($"--system has no place: the model in {folder} does not answer, it is for {task ?? ModelTask.SequenceClassification}; leave it out");
        TorchRuntime.EnsureLoaded(trace);
        var target = TorchDevice.Parse(device);
        return task switch
        {
            ModelTask.TokenClassification => new EntityPredictor(folder, tokenizer, target, options),
            ModelTask.CausalLanguageModeling => new TextContinuer(folder, tokenizer, target, options),
            ModelTask.MaskedLanguageModeling => new MaskPredictor(folder, tokenizer, target, options),
            ModelTask.SequenceClassification or null => new ClassPredictor(folder, tokenizer, target, options),
            _ => throw new StageException($"{folder} is a base model for {task}; fine-tune it with FineTune.FineTune before predicting with it"),
        };
    }

    /// <summary>Predicts single texts. One longer than the model takes is cut.</summary>
    /// <param name="texts">The texts; an empty one is predicted like any other.</param>
    /// <param name="batchSize">Texts computed at once.</param>
    /// <param name="cancellationToken">Ends the work between batches.</param>
    /// <exception cref="PredictionInputException">The model is asked with something else.</exception>
    public IReadOnlyList<TextPrediction> Predict(IReadOnlyList<string> texts, int batchSize = 64, CancellationToken cancellationToken = default) =>
        Predict(texts.Select(text => new TextExample(text)).ToList(), batchSize, cancellationToken);

    /// <summary>Predicts texts, pairs (<see cref="TextExample.Second"/>), words that were divided before (<see cref="TextExample.Words"/>) or conversations to go on with
    /// (<see cref="TextExample.Messages"/>). What is longer than the model takes is cut, but for conversations.</summary>
    /// <param name="inputs">The inputs; labels are not looked at.</param>
    /// <param name="batchSize">Texts computed at once.</param>
    /// <param name="cancellationToken">Ends the work between batches.</param>
    /// <returns>A prediction for each, in their order.</returns>
    /// <exception cref="PredictionInputException">The model is not asked with such inputs; nothing is predicted.</exception>
    public IReadOnlyList<TextPrediction> Predict(IReadOnlyList<TextExample> inputs, int batchSize = 64, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        foreach (var input in inputs)
            if (Refusal(input) is { } refusal)
                throw new PredictionInputException(refusal);
        return PredictCore(inputs, batchSize, cancellationToken);
    }

    /// <summary>Frees the model.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Why an input is none for this model, or null.</summary>
    private protected virtual string? Refusal(TextExample input) =>
        input.Second is not null ? $"the model in {Folder} takes single texts, not pairs; leave out --second-text and --second-text-column"
        : input.Words.Count > 0 ? $"the model in {Folder} takes texts; \"tokens\" are for models that find entities"
        : input.Messages.Count > 0 ? $"the model in {Folder} takes texts; \"messages\" are for models that were trained on conversations or have a chat template"
        : null;

    private protected abstract IReadOnlyList<TextPrediction> PredictCore(IReadOnlyList<TextExample> inputs, int batchSize, CancellationToken cancellationToken);

    /// <summary>Frees the model.</summary>
    /// <param name="disposing">Whether called by <see cref="Dispose()"/>.</param>
    protected abstract void Dispose(bool disposing);
}
