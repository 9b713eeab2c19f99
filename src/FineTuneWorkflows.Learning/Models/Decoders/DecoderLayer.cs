using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Models.Layers;
using FineTuneWorkflows.Learning.Runtime;
using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models.Decoders;

/// <summary>One transformer layer with normalization before attention and before the feed-forward layer.</summary>
internal sealed class DecoderLayer
{
    private readonly DecoderConfig _config;
    private readonly int _index;
    private readonly INorm _attentionNorm, _mlpNorm;
    private readonly INorm? _queryNorm, _keyNorm;
    private readonly LinearLayer? _joined, _query, _key, _value, _gate;
    private readonly LinearLayer _attentionOutput, _up, _down;

    public DecoderLayer(ParameterStore store, DecoderConfig config, DecoderFamily family, int index)
    {
        (_config, _index) = (config, index);
        DecoderNames names = family.Names;
        string prefix = family.Layer(index);
        int queryWidth = config.HeadCount * config.HeadWidth, keyWidth = config.KeyValueHeads * config.HeadWidth;
        bool queryBias = family.HasQueryBias || config.AttentionBias;
        _attentionNorm = Norm(names.AttentionNorm, config.HiddenSize);
        if (names.Joined is not null)
        {
            _joined = Linear(names.Joined, config.HiddenSize, queryWidth + (2 * keyWidth), queryBias);
        }
        else
        {
            _query = Linear(names.Query, config.HiddenSize, queryWidth, queryBias);
            _key = Linear(names.Key, config.HiddenSize, keyWidth, queryBias);
            _value = Linear(names.Value, config.HiddenSize, keyWidth, queryBias);
        }
        _attentionOutput = Linear(names.AttentionOutput, queryWidth, config.HiddenSize, queryBias && family.BiasesAttentionOutput);
        if (family.NormalizesHeads)
            (_queryNorm, _keyNorm) = (Norm(names.QueryNorm, config.HeadWidth), Norm(names.KeyNorm, config.HeadWidth));
        _mlpNorm = Norm(names.MlpNorm, config.HiddenSize);
        if (family.IsGated)
            _gate = Linear(names.Gate, config.HiddenSize, config.IntermediateSize, config.MlpBias);
        _up = Linear(names.Up, config.HiddenSize, config.IntermediateSize, config.MlpBias);
        _down = Linear(names.Down, config.IntermediateSize, config.HiddenSize, config.MlpBias);

        LinearLayer Linear(string name, int inputs, int outputs, bool biased) =>
            new(store, prefix + name, inputs, outputs, biased: biased, transposed: names.IsTransposed);

        INorm Norm(string name, int width) => family.Norm(store, prefix + name, width, config.NormEpsilon);
    }

    /// <summary><c>[batch, tokens, hidden]</c> to the same shape.</summary>
    /// <param name="hidden">The layer's input.</param>
    /// <param name="mask">What each token sees.</param>
    /// <param name="angles">The positions' rotations; null where positions were added to the words.</param>
    /// <param name="training">Whether dropout applies.</param>
    /// <param name="cache">Keys and values of earlier tokens; null where there are none.</param>
    public Tensor Forward(Tensor hidden, CausalMask mask, (Tensor, Tensor)? angles, bool training, KeyValueCache? cache)
    {
        // What backward does not keep is freed with the layer.
        using var scope = NewDisposeScope();
        Tensor attended = Attend(_attentionNorm.Forward(hidden), mask, angles, training, cache);
        Tensor middle = Dropout.Apply(attended, _config.HiddenDropout, training).PlusInPlace(hidden);
        return Dropout.Apply(Mlp(_mlpNorm.Forward(middle), training), _config.HiddenDropout, training).PlusInPlace(middle).MoveToOuterDisposeScope();
    }

    private Tensor Attend(Tensor input, CausalMask mask, (Tensor, Tensor)? angles, bool training, KeyValueCache? cache)
    {
        (long batch, long tokens) = (input.shape[0], input.shape[1]);
        (Tensor query, Tensor key, Tensor value) = Project(input, training);
        if (_queryNorm is not null)
            (query, key) = (_queryNorm.Forward(query), _keyNorm!.Forward(key));
        (query, key, value) = (query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2));
        if (angles is { } turns)
            (query, key) = (RotaryPositions.Turn(query, turns), RotaryPositions.Turn(key, turns));
        if (cache is not null)
            (key, value) = cache.Append(_index, key, value);
        Tensor context = Attention.Apply(
            query, Shared(key), Shared(value), mask.Of(_config.WindowOf(_index)), training ? _config.AttentionDropout : 0);
        return _attentionOutput.Forward(context.transpose(1, 2).reshape(batch, tokens, -1), training);
    }

    /// <summary>Queries, keys and values, <c>[batch, tokens, heads, head width]</c>.</summary>
    private (Tensor Query, Tensor Key, Tensor Value) Project(Tensor input, bool training)
    {
        Tensor[] parts = _joined is null
            ? LinearLayer.Together(input, training, _query!, _key!, _value!)
            : _joined.Forward(input, training).split(
                [_config.HeadCount * _config.HeadWidth, _config.KeyValueHeads * _config.HeadWidth, _config.KeyValueHeads * _config.HeadWidth], -1);
        return (Heads(parts[0], _config.HeadCount), Heads(parts[1], _config.KeyValueHeads), Heads(parts[2], _config.KeyValueHeads));

        Tensor Heads(Tensor part, int heads) => part.reshape(part.shape[0], part.shape[1], heads, _config.HeadWidth);
    }

    /// <summary>Each head of keys or values as often as it is shared, <c>[batch, heads, tokens, head width]</c>.</summary>
    private Tensor Shared(Tensor heads)
    {
        int times = _config.HeadCount / _config.KeyValueHeads;
        if (times == 1)
            return heads;
        long[] shape = heads.shape;
        return heads.unsqueeze(2).expand(shape[0], shape[1], times, shape[2], shape[3]).reshape(shape[0], shape[1] * times, shape[2], shape[3]);
    }

    private Tensor Mlp(Tensor input, bool training)
    {
        if (_gate is null)
            return _down.Forward(Activations.Apply(_config.Activation, _up.Forward(input, training)), training);
        Tensor[] parts = LinearLayer.Together(input, training, _gate, _up);
        return _down.Forward(Activations.Apply(_config.Activation, parts[0]) * parts[1], training);
    }
}
