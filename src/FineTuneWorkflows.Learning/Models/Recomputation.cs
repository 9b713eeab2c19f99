using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models;

/// <summary>
/// Gradient checkpointing (Chen et al. 2016, arXiv:1604.06174): layers run without keeping what their gradients need, and run again, from the same seed and
/// one at a time, when the gradients come down to them. Belongs to one forward pass and the backward pass after it.
/// </summary>
internal sealed class Recomputation
{
    private readonly List<(Func<Tensor, Tensor> Layer, Tensor Input, long Seed)> _layers = [];
    private Tensor? _bottom, _top;

    /// <summary>Runs layers one after the other.</summary>
    /// <param name="input">The first one's input; what made it keeps its own gradients' needs.</param>
    /// <param name="layers">Each makes the next one's input of its own.</param>
    /// <returns>The last one's output, on which the rest of the model goes on.</returns>
    public Tensor Run(Tensor input, IEnumerable<Func<Tensor, Tensor>> layers)
    {
        if (_top is not null)
            throw new InvalidOperationException("One recomputation belongs to one forward pass.");
        _bottom = input;
        Tensor hidden = input.detach();
        using (no_grad())
        {
            foreach (Func<Tensor, Tensor> layer in layers)
            {
                using Tensor drawn = randint(0, long.MaxValue, [1], ScalarType.Int64);
                long seed = drawn.WholeNumber();
                _layers.Add((layer, hidden, seed));
                using var scope = NewDisposeScope();
                random.manual_seed(seed);
                hidden = layer(hidden).MoveToOuterDisposeScope();
            }
        }
        return _top = hidden.detach().requires_grad_(true);
    }

    /// <summary>Takes the gradients, which have come down to the last layer's output, through the layers and what was before them.</summary>
    public void Backward()
    {
        Tensor gradient = _top!.grad ?? throw new InvalidOperationException("No gradient has come to the layers.");
        for (int i = _layers.Count - 1; i >= 0; i--)
        {
            (Func<Tensor, Tensor> layer, Tensor below, long seed) = _layers[i];
            using var scope = NewDisposeScope();
            Tensor input = below.detach().requires_grad_(true);
            random.manual_seed(seed);
            layer(input).backward([gradient]);
            gradient = input.grad!.MoveToOuterDisposeScope();
        }
        if (_bottom!.requires_grad)
            _bottom.backward([gradient]);
    }
}
