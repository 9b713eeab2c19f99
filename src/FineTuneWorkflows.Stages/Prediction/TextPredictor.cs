using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Stages.Prediction;

/// <summary>A saved model with its tokenizer: texts in, classes, entities or the texts' continuations out.</summary>
public abstract class TextPredictor : IDisposable
{
    /// <summary>The classes or tags by number; none of a model that writes texts.</summary>
    public abstract IReadOnlyList<string> Labels { get; }

    /// <summary>Loads a model folder in Hugging Face's layout with its tokenizer.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="device"><c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:n</c>.</param>
    /// <param name="trace">Is told how libtorch was loaded.</param>
    /// <param name="options">How answers are given; null takes the defaults.</param>
    /// <exception cref="FineTuneWorkflows.Learning.LearningException">The model cannot be loaded.</exception>
    /// <exception cref="FineTuneWorkflows.Text.TextDataException">The tokenizer is missing or damaged.</exception>
    /// <exception cref="StageException">The model's head predicts neither classes nor entities nor texts.</exception>
    public static TextPredictor Load(string folder, string device = "auto", Action<string>? trace = null, PredictionOptions? options = null)
    {
        options ??= new PredictionOptions();
        // The tokenizer and the configuration first: they are cheap, and a folder that is no model's fails at once.
        var tokenizer = Tokenizer.Load(folder);
        var task = ModelConfig.Read(folder).Task;
        TorchRuntime.EnsureLoaded(trace);
        return task switch
        {
            ModelTask.TokenClassification => new EntityPredictor(folder, tokenizer, TorchDevice.Parse(device)),
            ModelTask.CausalLanguageModeling => new TextContinuer(folder, tokenizer, TorchDevice.Parse(device), options.Generation),
            ModelTask.SequenceClassification or null => new ClassPredictor(folder, tokenizer, TorchDevice.Parse(device), options.Calibrated),
            _ => throw new StageException($"{folder} is a base model for {task}; fine-tune it with FineTune.FineTune before predicting with it"),
        };
    }

    /// <summary>Predicts texts. One longer than the model takes is cut.</summary>
    /// <param name="texts">The texts; an empty one is predicted like any other.</param>
    /// <param name="batchSize">Texts computed at once.</param>
    /// <param name="cancellationToken">Ends the work between batches.</param>
    public abstract IReadOnlyList<TextPrediction> Predict(IReadOnlyList<string> texts, int batchSize = 64, CancellationToken cancellationToken = default);

    /// <summary>Frees the model.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the model.</summary>
    /// <param name="disposing">Whether called by <see cref="Dispose()"/>.</param>
    protected abstract void Dispose(bool disposing);
}
