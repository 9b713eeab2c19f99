using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;

namespace FineTuneWorkflows.Learning.Training.Memory;

/// <summary>
/// The numbers (of 4 bytes, or of 2) in the tensors of a step, by the shapes of the model's layers. A forward pass frees what backward does not keep with each layer, so that these are the inputs of the products, norms and
/// activations, the softmax's results and the masks.
/// </summary>
internal sealed class TensorCount
{
    // As LinearLayer joins query, key and value, and Attention computes in full.
    private const long FewPlaces = 1024, LongestInFull = 256;

    private readonly ModelConfig _config;
    private readonly ModelTask _task;
    private readonly bool _cuda, _narrow;
    private readonly long _embeddings, _largestWeight, _words;
    private readonly double _mask;
    private readonly IReadOnlyList<long> _unkept;
    private readonly (long Inputs, long Rank)[] _adapters;
    private readonly bool _adaptersDrop, _scalesTrain, _headTrains;

    /// <param name="model">The model.</param>
    /// <param name="cuda">Whether a GPU computes.</param>
    /// <param name="narrow">Whether hidden states have 16 bits; the numbers counted are then of 2 bytes, and one of 4 counts as two.</param>
    public TensorCount(LanguageModel model, bool cuda, bool narrow)
    {
        (_config, _task, _cuda, _narrow) = (model.Config, model.Task, cuda, narrow);
        foreach (ModelParameter parameter in model.Parameters)
        {
            long size = parameter.Value.NumberOfElements;
            if (parameter.Kind == ParameterKind.Embedding)
                _words = Math.Max(_words, size);
            if (!parameter.Trainable)
                continue;
            Trainable += size;
            _scalesTrain |= parameter.Kind == ParameterKind.NormScale;
            _headTrains |= parameter.Role == ParameterRole.HeadBody || (Tied && parameter.Kind == ParameterKind.Embedding);
            _largestWeight = Math.Max(_largestWeight, size);
            _embeddings += parameter.Kind == ParameterKind.Embedding ? size : 0;
        }
        int lowest = model.TrainableParameters.Select(model.DepthOf).DefaultIfEmpty(_config.LayerCount + 1).Min();
        // The embeddings have depth 0, the first layer 1.
        _unkept = [.. Enumerable.Range(0, _config.LayerCount).Where(layer => layer + 1 >= lowest).Select(layer => UnkeptInputs.Of(model, layer))];
        _adapters = [.. model.AdaptedLayers.Select(layer => (layer.Inputs, layer.Adapter!.Rank))];
        _adaptersDrop = model.Lora is { Dropout: > 0 };
        // On a GPU libtorch's own dropout keeps a byte for each number of the mask.
        _mask = !cuda ? 1 : narrow ? 0.5 : 0.25;
    }

    /// <summary>The trained weights.</summary>
    public long Trainable { get; }

    private bool PredictsTokens => _task is not (ModelTask.SequenceClassification or ModelTask.TokenClassification);

    // The gradients of the logits and of their logarithms, both in 32 bits.
    private long LogitTensors => _narrow ? 4 : 2;

    /// <summary>Whether the head's matrix is the word embeddings.</summary>
    public bool Tied => PredictsTokens && _config is not DecoderConfig { TieWordEmbeddings: false };

    /// <summary>What a forward pass of training keeps.</summary>
    public long Activations(BatchShape batch, bool checkpointing, double predictedShare)
    {
        long width = batch.Places * _config.HiddenSize, layer = Layer(batch), adapters = Adapters(batch);
        // Below what is trained nothing is kept.
        long layers = checkpointing ? layer + (adapters / _config.LayerCount) + (((2 * _config.LayerCount) + 1) * width)
            : (layer * _unkept.Count) - (batch.Places * _unkept.Sum()) + adapters;
        return Embeddings(batch) + layers + Head(batch, predictedShare);
    }

    /// <summary>The gradients that are there and what the backward pass makes besides, where that is the most: in the head, in the first layer, or in the embeddings.</summary>
    public long Backward(BatchShape batch, bool inPieces, double predictedShare)
    {
        long width = batch.Places * _config.HiddenSize, inner = batch.Places * _config.IntermediateSize;
        long layer = Math.Max((2 * inner) + (3 * width), ((Drops(_config.AttentionDropout) ? 3 : 2) * Scores(batch, training: true)) + (5 * width));
        long logits = PredictsTokens ? LogitTensors * Predicted(batch, predictedShare) * _config.VocabSize : 0;
        // A gradient that is added to one which is there needs a place of its own first; of tied embeddings that is always so.
        long second = inPieces ? _largestWeight : Tied && _embeddings > 0 ? _words : 0;
        long atHead = (inPieces ? Trainable : 0) + logits + second;
        long atLayers = (inPieces || Tied ? Trainable : Trainable - _embeddings) + layer;
        long atEmbeddings = Trainable + second + width;
        return Math.Max(atHead, Math.Max(atLayers, atEmbeddings));
    }

    /// <summary>The most that is there at once in a forward pass without gradients, whose layers leave their results alone: all of one layer, or the logits.</summary>
    public long Validation(BatchShape batch, double predictedShare)
    {
        if (batch.Places == 0)
            return 0;
        long width = batch.Places * _config.HiddenSize;
        // Besides what training keeps of it: its inputs and outputs, the projections before they are copied, and the scores.
        long layer = (long)(KeptByPlace(training: false) * batch.Places) + (8 * width) + (2 * Scores(batch, training: false));
        return Math.Max(layer, (4 * width) + (PredictsTokens ? (LogitTensors + 1) * Predicted(batch, predictedShare) * _config.VocabSize : 0));
    }

    // The scaled thin product, and the dropped input and its mask.
    private long Adapters(BatchShape batch) => _adapters.Sum(a =>
        (batch.Places * a.Rank) + (_adaptersDrop ? (long)(batch.Places * a.Inputs * (1 + _mask)) : 0));

    // The first layer's input, of an encoder the norm's too; of a decoder what the last norm keeps besides, less what the first one does not where nothing is trained before it.
    private long Embeddings(BatchShape batch)
    {
        double widths = _config is DecoderConfig decoder ? (_embeddings > 0 ? Norm(decoder) + Mask(decoder.EmbeddingDropout, true) : 1)
            : _embeddings > 0 ? 2 + Mask(_config.HiddenDropout, true) : 1;
        return (long)(batch.Places * _config.HiddenSize * widths);
    }

    /// <summary>What backward keeps of one layer, matrices included that few places join.</summary>
    private long Layer(BatchShape batch)
    {
        long joined = !_cuda && batch.Places < FewPlaces ? Joined() : 0;
        double scores = 1 + (Drops(_config.AttentionDropout) ? 1 + _mask : 0);
        return (long)((KeptByPlace(training: true) * batch.Places) + (scores * Scores(batch, training: true))) + joined;
    }

    /// <summary>The numbers of each place besides the scores.</summary>
    private double KeptByPlace(bool training)
    {
        long width = _config.HiddenSize;
        double mask = Mask(_config.HiddenDropout, training);
        if (_config is not DecoderConfig config)
        {
            bool attentionOutputDrops = (_config as EncoderConfig)?.Family().DropsAttentionOutput ?? true;
            // Queries, keys and values, the mixed values, and each norm's input and result; the inner layer and its activation.
            return (width * (8 + (mask * (attentionOutputDrops ? 2 : 1)))) + (2 * _config.IntermediateSize);
        }
        long queries = (long)config.HeadCount * config.HeadWidth, keys = (long)config.KeyValueHeads * config.HeadWidth;
        var family = config.Family();
        double numbers = 2 * width * (Norm(config) + mask);
        if (family.NormalizesHeads)
            numbers += (Norm(config) - 1) * (queries + keys);
        // Queries, keys and values, each as often as heads share it, and the mixed values.
        numbers += 4 * queries;
        // Gate, inner layer, activation and product; or inner layer and activation.
        return numbers + ((family.IsGated ? 4 : 2) * config.IntermediateSize);
    }

    private long Joined()
    {
        long width = _config.HiddenSize;
        if (_config is not DecoderConfig config)
            return 3 * width * width;
        long attention = config.Family().Names.Joined is null ? width * ((config.HeadCount + (2L * config.KeyValueHeads)) * config.HeadWidth) : 0;
        return attention + (config.Family().IsGated ? 2 * width * config.IntermediateSize : 0);
    }

    // The norm's input and result; of one by the root mean square the quotient, where the scale is trained, and of 16-bit numbers the 32-bit ones.
    private double Norm(DecoderConfig config) => !config.Family().IsRotary ? 2 : (_narrow ? 2 : 1) + (_scalesTrain ? 1 : 0) + 1;

    private long Head(BatchShape batch, double predictedShare)
    {
        long predicted = Predicted(batch, predictedShare);
        return _task switch
        {
            ModelTask.SequenceClassification => 0,
            ModelTask.TokenClassification => (long)(predicted * _config.HiddenSize * (1 + Mask(_config.HiddenDropout, true))),
            // Hidden states there, of an encoder a layer with its activation and norm, and the logits' logarithms.
            _ => ((_config is not DecoderConfig ? 4 : _headTrains ? 1 : 0) * predicted * _config.HiddenSize) + ((_narrow ? 2 : 1) * predicted * _config.VocabSize),
        };
    }

    private static long Predicted(BatchShape batch, double share) => (long)Math.Ceiling(batch.Places * share);

    private bool InFull(BatchShape batch, bool training) => !_cuda && ((training && Drops(_config.AttentionDropout)) || batch.Tokens <= LongestInFull);

    private long Scores(BatchShape batch, bool training) => InFull(batch, training) ? batch.Places * batch.Tokens * _config.HeadCount : 0;

    private double Mask(double share, bool training) => training && Drops(share) ? _mask : 0;

    private static bool Drops(double share) => share > 0;
}
