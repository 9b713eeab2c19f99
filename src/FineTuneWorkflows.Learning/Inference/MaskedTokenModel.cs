using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Learning.Training.Tasks;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Inference;

/// <summary>A saved masked language model that guesses what stands behind masks. Guesses take turns: one at a time in a process.</summary>
public sealed class MaskedTokenModel : SavedModel
{
    private MaskedTokenModel(string folder, TorchDevice device, int threads, Func<string, string>? findBase)
        : base(folder, ModelTask.MaskedLanguageModeling, device, threads, findBase)
    {
    }

    /// <summary>Loads a Hugging Face-layout folder.</summary>
    /// <param name="folder">The folder with <c>config.json</c> and <c>model.safetensors</c>.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="threads">Threads to compute with; 0 takes as many as the machine has CPU cores.</param>
    /// <param name="findBase">Gives the folder of an adapter's base by its name; see <see cref="LanguageModel.Load"/>.</param>
    /// <exception cref="LearningException">The folder cannot be used; the message says why.</exception>
    public static MaskedTokenModel Load(string folder, TorchDevice device = default, int threads = 0, Func<string, string>? findBase = null) =>
        new(folder, device, threads, findBase);

    /// <summary>The likeliest tokens behind each mask. Batches are made by length; the answer keeps the order.</summary>
    /// <param name="sequences">The token ids of each text, special tokens and masks included.</param>
    /// <param name="maskTokenId">The mask's id.</param>
    /// <param name="count">How many tokens to name for each mask; all where the vocabulary has fewer. Default 5.</param>
    /// <param name="batchSize">Sequences computed at once; default 32.</param>
    /// <param name="cancellation">Ends the work between batches.</param>
    /// <returns>For each sequence a list for each of its masks, in their order: the likeliest token first, of equal ones the lower id.</returns>
    /// <exception cref="TrainingException">A sequence is empty, too long or has an id that the model does not know.</exception>
    public IReadOnlyList<IReadOnlyList<IReadOnlyList<TokenGuess>>> Guess(
        IReadOnlyList<IReadOnlyList<int>> sequences, int maskTokenId, int count = 5, int batchSize = 32, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        var guesses = new IReadOnlyList<IReadOnlyList<TokenGuess>>[sequences.Count];
        if (sequences.Count == 0)
            return guesses;
        var data = new TokenLists(sequences);
        SequenceChecks.Check(data, "input", Model.Config, LabelKind.None, 0);
        using TorchSession session = Enter();
        using var noGrad = torch.no_grad();
        foreach (int[] indices in Batcher.ByLength(data, batchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = torch.NewDisposeScope();
            var masks = new TokenTargets();
            SequenceBatch batch = Model.Batch(indices, data);
            for (int row = 0; row < indices.Length; row++)
            {
                for (int place = 0; place < batch.Lengths[row]; place++)
                {
                    if (sequences[indices[row]][place] == maskTokenId)
                        masks.Add(row, place, maskTokenId);
                }
            }
            var found = new Queue<TokenGuess[]>(Likeliest(batch, masks, count));
            foreach (int index in indices)
                guesses[index] = [.. sequences[index].Where(id => id == maskTokenId).Select(_ => found.Dequeue())];
        }
        return guesses;
    }

    private List<TokenGuess[]> Likeliest(SequenceBatch batch, TokenTargets masks, int count)
    {
        if (masks.Count == 0)
            return [];
        torch.Tensor probabilities = torch.nn.functional.softmax(Model.Logits(batch, training: false, masks.Places(batch)), 1);
        int wanted = (int)Math.Min(count, probabilities.shape[1]);
        (torch.Tensor values, torch.Tensor ids) = probabilities.topk(wanted, 1);
        float[] found = [.. values.cpu().data<float>()];
        long[] tokens = [.. ids.cpu().data<long>()];
        return [.. Enumerable.Range(0, masks.Count).Select(mask => Enumerable.Range(mask * wanted, wanted).Select(i => new TokenGuess((int)tokens[i], found[i]))
            .OrderByDescending(guess => guess.Probability).ThenBy(guess => guess.TokenId).ToArray())];
    }
}
