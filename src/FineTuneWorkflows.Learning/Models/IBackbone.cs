using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models;

/// <summary>The part of a model below its head.</summary>
internal interface IBackbone
{
    /// <summary>The table of the tokens' vectors, <c>[vocabulary, hidden]</c>.</summary>
    ModelParameter Words { get; }

    /// <summary>The hidden states after the last layer, <c>[batch, tokens, hidden]</c>.</summary>
    /// <param name="batch">The sequences.</param>
    /// <param name="training">Whether dropout applies.</param>
    /// <param name="recomputation">Runs the layers where what their gradients need is not to be kept; null, the default, keeps it.</param>
    Tensor Forward(SequenceBatch batch, bool training, Recomputation? recomputation = null);
}
