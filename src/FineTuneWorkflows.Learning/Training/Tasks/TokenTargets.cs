using FineTuneWorkflows.Learning.Models;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Training.Tasks;

/// <summary>The tokens of a batch whose prediction counts, and what should be predicted.</summary>
internal sealed class TokenTargets
{
    /// <summary>The label of a token that does not count.</summary>
    public const int Ignored = -100;

    private readonly List<(int Row, int Place, int Label)> _all = [];

    public int Count => _all.Count;

    public void Add(int row, int place, int label) => _all.Add((row, place, label));

    /// <summary>The tokens' numbers in the flattened batch, <c>[count]</c>.</summary>
    public torch.Tensor Places(SequenceBatch batch) => On(batch, _all.Select(target => ((long)target.Row * batch.Width) + target.Place));

    /// <summary>What should be predicted, <c>[count]</c>.</summary>
    public torch.Tensor Labels(SequenceBatch batch) => On(batch, _all.Select(target => (long)target.Label));

    private static torch.Tensor On(SequenceBatch batch, IEnumerable<long> values) => torch.tensor(values.ToArray()).to(batch.TokenIds.device);
}
