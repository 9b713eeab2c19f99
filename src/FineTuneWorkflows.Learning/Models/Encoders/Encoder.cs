using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Models.Layers;
using FineTuneWorkflows.Learning.Runtime;
using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models.Encoders;

/// <summary>Embeddings and layers of a bidirectional encoder (Devlin et al. 2018, arXiv:1810.04805), whatever the family.</summary>
internal sealed class Encoder : IBackbone
{
    private readonly ParameterStore _store;
    private readonly EncoderConfig _config;
    private readonly ModelParameter _positions;
    private readonly ModelParameter? _tokenTypes;
    private readonly NormLayer _norm;
    private readonly EncoderLayer[] _layers;
    private readonly int _firstPosition;

    public Encoder(ParameterStore store, EncoderConfig config, EncoderFamily family)
    {
        (_store, _config) = (store, config);
        EncoderNames names = family.Names;
        int width = config.HiddenSize;
        Words = store.Add(family.Prefix + names.WordEmbeddings + ".weight", ParameterKind.Embedding, config.VocabSize, width);
        _positions = store.Add(family.Prefix + names.PositionEmbeddings + ".weight", ParameterKind.Embedding, config.MaxPositions, width);
        if (config.TokenTypeCount > 0)
            _tokenTypes = store.Add(family.Prefix + names.TokenTypeEmbeddings + ".weight", ParameterKind.Embedding, config.TokenTypeCount, width);
        _norm = new NormLayer(store, family.Prefix + names.EmbeddingNorm, width, config.NormEpsilon);
        _layers = [.. Enumerable.Range(0, config.LayerCount).Select(index => new EncoderLayer(store, config, family, index))];
        _firstPosition = config.MaxPositions - config.MaxTokens;
    }

    public ModelParameter Words { get; }

    public Tensor Forward(SequenceBatch batch, bool training, Recomputation? recomputation = null) =>
        Forward(batch, training, recomputation, firstOnly: false);

    /// <summary>The hidden states of each sequence's first token, <c>[batch, 1, hidden]</c>, without dropout; the last layer computes no others.
    /// </summary>
    public Tensor ForwardFirst(SequenceBatch batch) => Forward(batch, training: false, recomputation: null, firstOnly: true);

    private Tensor Forward(SequenceBatch batch, bool training, Recomputation? recomputation, bool firstOnly)
    {
        Tensor hidden = Embed(batch, training);
        if (recomputation is not null)
            return recomputation.Run(hidden, _layers.Select(layer => (Func<Tensor, Tensor>)(input => layer.Forward(input, batch.AttentionBias, training))));
        foreach (EncoderLayer layer in _layers)
        {
            using Tensor below = hidden;
            hidden = layer.Forward(below, batch.AttentionBias, training, firstOnly && layer == _layers[^1]);
        }
        return hidden;
    }

    private Tensor Embed(SequenceBatch batch, bool training)
    {
        using var scope = NewDisposeScope();
        Tensor sum = Look(Words, batch.TokenIds).Plus(_positions.Value.narrow(0, _firstPosition, batch.TokenIds.shape[1]));
        if (_tokenTypes is not null)
            sum = sum.Plus(batch.TokenTypes is null ? _tokenTypes.Value.narrow(0, 0, 1) : Look(_tokenTypes, batch.TokenTypes));
        return Dropout.Apply(_norm.Forward(sum.As(_store.ComputeType)), _config.HiddenDropout, training).MoveToOuterDisposeScope();
    }

    private Tensor Look(ModelParameter table, Tensor ids) =>
        table.Value.index_select(0, ids.reshape(-1)).view(ids.shape[0], ids.shape[1], _config.HiddenSize);
}
