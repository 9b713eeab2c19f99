using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models.Decoders;

/// <summary>The keys and values of a sequence's tokens so far, so that the next token is computed alone. Holds room for all tokens from the start.</summary>
internal sealed class KeyValueCache(int layers, int capacity) : IDisposable
{
    private readonly Tensor?[] _keys = new Tensor?[layers], _values = new Tensor?[layers];

    /// <summary>The most tokens it can hold.</summary>
    public int Capacity => capacity;

    /// <summary>The number of tokens that all layers hold.</summary>
    public int Length { get; private set; }

    /// <summary>Takes in new tokens' keys and values, <c>[batch, heads, new tokens, size]</c>, and gives those of all tokens.</summary>
    public (Tensor Keys, Tensor Values) Append(int layer, Tensor keys, Tensor values) =>
        (Stored(ref _keys[layer], keys), Stored(ref _values[layer], values));

    /// <summary>Counts tokens that every layer has taken in.</summary>
    public void Advance(int tokens) => Length += tokens;

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        foreach (Tensor? tensor in _keys.Concat(_values))
            tensor?.Dispose();
    }

    private Tensor Stored(ref Tensor? room, Tensor added)
    {
        room ??= empty([added.shape[0], added.shape[1], capacity, added.shape[3]], added.dtype, added.device).DetachFromDisposeScope();
        room.narrow(2, Length, added.shape[2]).copy_(added);
        return room.narrow(2, 0, Length + added.shape[2]);
    }
}
