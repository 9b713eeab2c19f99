using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Metrics;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Learning.Training.Tasks;

namespace FineTuneWorkflows.Learning.Inference;

/// <summary>A saved classifier of sequences, ready to predict. Predictions take turns: one at a time in a process.</summary>
public sealed class SequenceClassifierModel : SavedModel
{
    private SequenceClassifierModel(string folder, TorchDevice device, int threads, Func<string, string>? findBase)
        : base(folder, ModelTask.SequenceClassification, device, threads, findBase)
    {
    }

    /// <summary>The class names by number.</summary>
    public IReadOnlyList<string> Labels => Model.Labels;

    /// <summary>Whether the classification is multi-label: a sequence can have several classes, or none; then each class's probability stands for itself, and they do not sum to 1.</summary>
    public bool IsMultiLabel => Model.IsMultiLabel;

    /// <summary>Loads a Hugging Face-layout folder.</summary>
    /// <param name="folder">The folder with <c>config.json</c> and <c>model.safetensors</c>.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="threads">Threads to compute with; 0 takes as many as the machine has CPU cores.</param>
    /// <param name="findBase">Gives the folder of an adapter's base by its name; see <see cref="LanguageModel.Load"/>.</param>
    /// <exception cref="LearningException">The folder cannot be used; the message says why.</exception>
    public static SequenceClassifierModel Load(string folder, TorchDevice device = default, int threads = 0, Func<string, string>? findBase = null) =>
        new(folder, device, threads, findBase);

    /// <summary>Predicts sequences of token ids, special tokens included. Batches are made by length; the answer keeps the order.</summary>
    /// <param name="sequences">The token ids of each text.</param>
    /// <param name="batchSize">Sequences computed at once; default 32.</param>
    /// <param name="cancellation">Ends the prediction between batches.</param>
    /// <returns>Probabilities, <c>[sequences, classes]</c>.</returns>
    /// <exception cref="TrainingException">A sequence is empty, too long or has an id that the model does not know.</exception>
    public ProbabilityTable Predict(IReadOnlyList<IReadOnlyList<int>> sequences, int batchSize = 32, CancellationToken cancellation = default) =>
        Predict(new TokenLists(sequences), batchSize, cancellation);

    /// <summary>Predicts a data set; its labels are not looked at.</summary>
    /// <param name="data">The sequences.</param>
    /// <param name="batchSize">Sequences computed at once; default 32.</param>
    /// <param name="cancellation">Ends the prediction between batches.</param>
    /// <returns>Probabilities, <c>[sequences, classes]</c>.</returns>
    /// <exception cref="TrainingException">A sequence is empty, too long or has an id that the model does not know.</exception>
    public ProbabilityTable Predict(ISequenceDataset data, int batchSize = 32, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        if (data.Count == 0)
            return new ProbabilityTable(0, Labels.Count);
        SequenceChecks.Check(data, "input", Model.Config, LabelKind.None, 0);
        using TorchSession session = Enter();
        return ClassifierScorer.Score(Model, data, new EvaluationBatches(batchSize), cancellation);
    }
}
