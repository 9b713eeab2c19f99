using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Models.Layers;
using FineTuneWorkflows.Learning.Runtime;
using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models.Decoders;

/// <summary>Embeddings and layers of a causal decoder, whatever the family: no token sees a later one.</summary>
internal sealed class Decoder : IBackbone
{
    private readonly ParameterStore _store;
    private readonly DecoderConfig _config;
    private readonly ModelParameter? _positions;
    private readonly RotaryPositions? _rotary;
    private readonly DecoderLayer[] _layers;
    private readonly INorm _finalNorm;

    public Decoder(ParameterStore store, DecoderConfig config, DecoderFamily family)
    {
        (_store, _config) = (store, config);
        DecoderNames names = family.Names;
        Words = store.Add(family.Prefix + names.Words + ".weight", ParameterKind.Embedding, config.VocabSize, config.HiddenSize);
        if (names.Positions is not null)
            _positions = store.Add(family.Prefix + names.Positions + ".weight", ParameterKind.Embedding, config.MaxPositions, config.HiddenSize);
        if (family.IsRotary)
            _rotary = new RotaryPositions(config);
        _layers = [.. Enumerable.Range(0, config.LayerCount).Select(index => new DecoderLayer(store, config, family, index))];
        _finalNorm = family.Norm(store, family.Prefix + names.FinalNorm, config.HiddenSize, config.NormEpsilon);
    }

    public ModelParameter Words { get; }

    public Tensor Forward(SequenceBatch batch, bool training, Recomputation? recomputation = null) => Forward(batch.TokenIds, training, recomputation, null);

    /// <summary>The hidden states of new tokens after those that the cache holds, which takes them in.</summary>
    /// <param name="tokenIds"><c>[batch, new tokens]</c>.</param>
    /// <param name="cache">The tokens before.</param>
    public Tensor Continue(Tensor tokenIds, KeyValueCache cache)
    {
        Tensor hidden = Forward(tokenIds, training: false, null, cache);
        cache.Advance((int)tokenIds.shape[1]);
        return hidden;
    }

    private Tensor Forward(Tensor tokenIds, bool training, Recomputation? recomputation, KeyValueCache? cache)
    {
        (int tokens, int first) = ((int)tokenIds.shape[1], cache?.Length ?? 0);
        Tensor hidden = Embed(tokenIds, first, training);
        var mask = new CausalMask(first, tokens, tokenIds.device);
        (Tensor, Tensor)? angles = _rotary?.Of(first, tokens, tokenIds.device);
        // Masks are made before the layers, whose own tensors go with each of them.
        for (int layer = 0; layer < _layers.Length; layer++)
            mask.Of(_config.WindowOf(layer));
        if (recomputation is not null)
            return Top(recomputation.Run(hidden, _layers.Select(layer => (Func<Tensor, Tensor>)(input => layer.Forward(input, mask, angles, training, null)))));
        foreach (DecoderLayer layer in _layers)
        {
            using Tensor below = hidden;
            hidden = layer.Forward(below, mask, angles, training, cache);
        }
        using (hidden)
            return Top(hidden);
    }

    private Tensor Top(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        return _finalNorm.Forward(hidden).MoveToOuterDisposeScope();
    }

    private Tensor Embed(Tensor tokenIds, int first, bool training)
    {
        using var scope = NewDisposeScope();
        (long batch, long tokens) = (tokenIds.shape[0], tokenIds.shape[1]);
        Tensor hidden = Words.Value.index_select(0, tokenIds.reshape(-1)).view(batch, tokens, _config.HiddenSize);
        if (_positions is not null)
            hidden = hidden.Plus(_positions.Value.narrow(0, first, tokens));
        return Dropout.Apply(hidden.As(_store.ComputeType), _config.EmbeddingDropout, training).MoveToOuterDisposeScope();
    }
}
