using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Training;

/// <summary>What the training loop needs of a model and its data, whatever the task is.</summary>
internal interface ITrainingTask
{
    /// <summary>The trainable tensors.</summary>
    IReadOnlyList<ModelParameter> Parameters { get; }

    /// <summary>Where they are.</summary>
    TorchDevice Device { get; }

    /// <summary>The training data.</summary>
    ISequenceDataset Training { get; }

    /// <summary>Whether there is validation data.</summary>
    bool HasValidation { get; }

    /// <summary>Text that differs where model or data differ, for the training's identity.</summary>
    string Describe();

    /// <summary>Refuses data that the model cannot take.</summary>
    /// <exception cref="TrainingException">The message names the example and its value.</exception>
    void CheckData();

    /// <summary>The batch's mean loss with dropout, as a scalar to be differentiated, and its size.</summary>
    (torch.Tensor Loss, int Tokens, double PaddingShare) Loss(int[] indices);

    /// <summary>Metrics of the validation data by name.</summary>
    IReadOnlyDictionary<string, double> Validate(CancellationToken cancellation);
}
