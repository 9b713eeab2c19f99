using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Runtime;

namespace FineTuneWorkflows.Learning.Training;

/// <summary>What the training loop needs of a model and its data, whatever the task is.</summary>
internal interface ITrainingTask
{
    /// <summary>The trainable tensors.</summary>
    IReadOnlyList<ModelParameter> Parameters { get; }

    /// <summary>Each tensor's own share of the learning rate; null where all have the whole.</summary>
    IReadOnlyList<double>? RateShares => null;

    /// <summary>Where they are.</summary>
    TorchDevice Device { get; }

    /// <summary>The training data.</summary>
    ISequenceDataset Training { get; }

    /// <summary>Whether there is validation data.</summary>
    bool HasValidation { get; }

    /// <summary>What differs where model or data differ, by name: short texts, or digests. Read before the first step, as the weights are part of it.</summary>
    IReadOnlyDictionary<string, string> Describe();

    /// <summary>Refuses data that the model cannot take.</summary>
    /// <exception cref="TrainingException">The message names the example and its value.</exception>
    void CheckData();

    /// <summary>The loss of some sequences with dropout.</summary>
    /// <param name="indices">The sequences.</param>
    /// <param name="epoch">The epoch, from 0: what is drawn for a sequence, such as a mask, is drawn from it and the sequence's index, so that it does not
    /// hang on how a batch is cut into pieces.</param>
    BatchLoss Loss(ReadOnlySpan<int> indices, int epoch);

    /// <summary>Metrics of the validation data by name.</summary>
    /// <param name="cancellation">Ends the work between batches.</param>
    /// <param name="note">Hears what the user should know, such as batches halved when memory ran out; null where nobody needs to.</param>
    IReadOnlyDictionary<string, double> Validate(CancellationToken cancellation, Action<string>? note = null);
}
