using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Learning.Training.Tasks;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Inference;

/// <summary>A saved classifier of tokens, ready to predict. Predictions take turns: one at a time in a process.</summary>
public sealed class TokenClassifierModel : SavedModel
{
    private TokenClassifierModel(string folder, TorchDevice device, int threads, Func<string, string>? findBase)
        : base(folder, ModelTask.TokenClassification, device, threads, findBase)
    {
    }

    /// <summary>The class names by number, such as <c>B-PER</c>.</summary>
    public IReadOnlyList<string> Labels => Model.Labels;

    /// <summary>Loads a Hugging Face-layout folder.</summary>
    /// <param name="folder">The folder with <c>config.json</c> and <c>model.safetensors</c>.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="threads">Threads to compute with; 0 takes as many as the machine has CPU cores.</param>
    /// <param name="findBase">Gives the folder of an adapter's base by its name; see <see cref="LanguageModel.Load"/>.</param>
    /// <exception cref="LearningException">The folder cannot be used; the message says why.</exception>
    public static TokenClassifierModel Load(string folder, TorchDevice device = default, int threads = 0, Func<string, string>? findBase = null) =>
        new(folder, device, threads, findBase);

    /// <summary>Predicts a data set; its labels are not looked at. Batches are made by length; the answer keeps the order.</summary>
    /// <param name="data">The sequences.</param>
    /// <param name="batchSize">Sequences computed at once; default 32.</param>
    /// <param name="cancellation">Ends the prediction between batches.</param>
    /// <returns>For each sequence a class for each of its tokens, special ones included.</returns>
    /// <exception cref="TrainingException">A sequence is empty, too long or has an id that the model does not know.</exception>
    public IReadOnlyList<TokenClass[]> Predict(ISequenceDataset data, int batchSize = 32, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        if (data.Count == 0)
            return [];
        SequenceChecks.Check(data, "input", Model.Config, LabelKind.None, 0);
        using TorchSession session = Enter();
        return Score(Model, data, new EvaluationBatches(batchSize), cancellation);
    }

    /// <summary>Predicts sequences of token ids, special tokens included.</summary>
    /// <param name="sequences">The token ids of each text.</param>
    /// <param name="batchSize">Sequences computed at once; default 32.</param>
    /// <param name="cancellation">Ends the prediction between batches.</param>
    /// <returns>For each sequence a class for each of its tokens.</returns>
    /// <exception cref="TrainingException">A sequence is empty, too long or has an id that the model does not know.</exception>
    public IReadOnlyList<TokenClass[]> Predict(IReadOnlyList<IReadOnlyList<int>> sequences, int batchSize = 32, CancellationToken cancellation = default) =>
        Predict(new TokenLists(sequences), batchSize, cancellation);

    internal static TokenClass[][] Score(LanguageModel model, ISequenceDataset data, EvaluationBatches batches, CancellationToken cancellation)
    {
        var classes = new TokenClass[data.Count][];
        batches.Run(data, Compute, cancellation);
        return classes;

        void Compute(int[] indices)
        {
            SequenceBatch batch = model.Batch(indices, data);
            (torch.Tensor best, torch.Tensor numbers) = torch.nn.functional.softmax(model.Logits(batch, training: false), 1).max(1);
            float[] probabilities = [.. best.cpu().data<float>()];
            long[] found = [.. numbers.cpu().data<long>()];
            for (int row = 0; row < indices.Length; row++)
            {
                int first = row * batch.Width;
                classes[indices[row]] = [.. Enumerable.Range(first, batch.Lengths[row]).Select(place => new TokenClass((int)found[place], probabilities[place]))];
            }
        }
    }
}
