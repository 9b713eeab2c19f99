using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models;

/// <summary>Embeddings, layers and pooler of a bidirectional encoder (Devlin et al. 2018, arXiv:1810.04805).</summary>
internal sealed class Encoder
{
    private readonly EncoderShape _shape;
    private readonly ModelParameter _words, _positions;
    private readonly ModelParameter? _tokenTypes;
    private readonly NormLayer _norm;
    private readonly EncoderLayer[] _layers;
    private readonly LinearLayer? _pooler;

    public Encoder(ParameterStore store, EncoderShape shape, EncoderNames names)
    {
        _shape = shape;
        _words = store.Add(names.Prefix + names.WordEmbeddings + ".weight", ParameterKind.Embedding, shape.VocabSize, shape.HiddenSize);
        _positions = store.Add(names.Prefix + names.PositionEmbeddings + ".weight", ParameterKind.Embedding, shape.MaxPositions, shape.HiddenSize);
        if (shape.TokenTypeCount > 0)
            _tokenTypes = store.Add(names.Prefix + names.TokenTypeEmbeddings + ".weight", ParameterKind.Embedding, shape.TokenTypeCount,
                shape.HiddenSize);
        _norm = new NormLayer(store, names.Prefix + names.EmbeddingNorm, shape.HiddenSize, shape.NormEpsilon);
        _layers = [.. Enumerable.Range(0, shape.LayerCount).Select(index => new EncoderLayer(store, shape, names, index))];
        if (shape.HasPooler)
            _pooler = new LinearLayer(store, names.Prefix + names.Pooler, shape.HiddenSize, shape.HiddenSize);
    }

    /// <summary>The hidden states after the last layer, <c>[batch, tokens, hidden]</c>.</summary>
    /// <param name="tokenIds"><c>[batch, tokens]</c>, 64-bit integers.</param>
    /// <param name="tokenTypes">The same shape; null means type 0 everywhere.</param>
    /// <param name="attentionBias">0 at tokens and minus infinity at padding, <c>[batch, 1, 1, tokens]</c>; null where nothing is padded.</param>
    /// <param name="training">Whether dropout applies.</param>
    public Tensor Forward(Tensor tokenIds, Tensor? tokenTypes, Tensor? attentionBias, bool training)
    {
        long tokens = tokenIds.shape[1];
        Tensor sum = Look(_words, tokenIds) + _positions.Value.narrow(0, 0, tokens);
        if (_tokenTypes is not null)
            sum += tokenTypes is null ? _tokenTypes.Value.narrow(0, 0, 1) : Look(_tokenTypes, tokenTypes);
        Tensor hidden = _norm.Forward(sum);
        if (training && _shape.HiddenDropout > 0)
            hidden = nn.functional.dropout(hidden, _shape.HiddenDropout, true, false);
        foreach (EncoderLayer layer in _layers)
            hidden = layer.Forward(hidden, attentionBias, training);
        return hidden;
    }

    /// <summary>The pooled first token, <c>[batch, hidden]</c>: tanh(W h + b).</summary>
    public Tensor Pool(Tensor hidden)
    {
        Tensor first = hidden.select(1, 0);
        return _pooler is null ? first : _pooler.Forward(first).tanh();
    }

    private Tensor Look(ModelParameter table, Tensor ids) =>
        table.Value.index_select(0, ids.reshape(-1)).view(ids.shape[0], ids.shape[1], _shape.HiddenSize);
}
