using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models.Heads;

/// <summary>What turns hidden states into logits.</summary>
internal interface IHead
{
    /// <summary>Logits: <c>[batch, classes]</c> of a head over sequences, else <c>[places, classes]</c>.</summary>
    /// <param name="hidden"><c>[batch, tokens, hidden]</c>.</param>
    /// <param name="batch">The sequences.</param>
    /// <param name="places">The tokens to compute, as numbers in the flattened <c>[batch x tokens]</c>; null for all. A head over sequences has no use for
    /// them.</param>
    /// <param name="training">Whether dropout applies.</param>
    Tensor Forward(Tensor hidden, SequenceBatch batch, Tensor? places, bool training);
}
