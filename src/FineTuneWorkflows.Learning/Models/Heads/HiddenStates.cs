using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models.Heads;

/// <summary>Selection of hidden states.</summary>
internal static class HiddenStates
{
    /// <summary>The vectors of some tokens, <c>[places, hidden]</c>, of <c>[batch, tokens, hidden]</c>; of all where <paramref name="places"/> is null.</summary>
    public static Tensor At(this Tensor hidden, Tensor? places)
    {
        Tensor flat = hidden.reshape(-1, hidden.shape[2]);
        return places is null ? flat : flat.index_select(0, places);
    }
}
