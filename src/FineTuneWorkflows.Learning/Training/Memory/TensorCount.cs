using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;

namespace FineTuneWorkflows.Learning.Training.Memory;

/// <summary>The numbers (of 4 bytes, or of 2) in the tensors of a step, by the shapes of the model's layers.</summary>
internal sealed class TensorCount
{
    // As LinearLayer joins query, key and value, and Attention computes in full.
    private const long FewPlaces = 1024, LongestInFull = 256;

    private readonly ModelConfig _config;
    private readonly ModelTask _task;
    private readonly bool _cuda, _narrow;
    private readonly long _embeddings, _largestWeight, _words;
    private readonly double _maskAndProduct;
    private readonly (long Inputs, long Outputs, long Rank)[] _adapters;
    private readonly bool _adaptersDrop;

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
            _largestWeight = Math.Max(_largestWeight, size);
            _embeddings += parameter.Kind == ParameterKind.Embedding ? size : 0;
        }
        _adapters = [.. model.AdaptedLayers.Select(layer => (layer.Inputs, layer.Outputs, layer.Adapter!.Rank))];
        _adaptersDrop = model.Lora is { Dropout: > 0 };
        // On a GPU libtorch's own dropout keeps a byte for each number of the mask.
        _maskAndProduct = cuda ? 1.25 : 2;
    }

    /// <summary>The trained weights.</summary>
    public long Trainable { get; }

    private bool PredictsTokens => _task is not (ModelTask.SequenceClassification or ModelTask.TokenClassification);

    // Logits and their logarithms, or their gradients; both in 32 bits, besides those of 16 bits.
    private long LogitTensors => _narrow ? 5 : 2;

    /// <summary>Whether the head's matrix is the word embeddings.</summary>
    public bool Tied => PredictsTokens && _config is not DecoderConfig { TieWordEmbeddings: false };

    /// <summary>What a forward pass of training keeps.</summary>
    public long Activations(BatchShape batch, bool checkpointing, double predictedShare)
    {
        long width = batch.Places * _config.HiddenSize, layer = Layer(batch, training: true), adapters = Adapters(batch, training: true);
        long layers = checkpointing ? layer + (adapters / _config.LayerCount) + (((2 * _config.LayerCount) + 1) * width) : (layer * _config.LayerCount) + adapters;
        return Embeddings(batch, training: true) + layers + Head(batch, training: true, predictedShare);
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

    /// <summary>All of a forward pass without dropout.</summary>
    public long Validation(BatchShape batch, double predictedShare) => batch.Places == 0 ? 0
        : Embeddings(batch, training: false) + (_config.LayerCount * Layer(batch, training: false)) + Adapters(batch, training: false) + Head(batch, training: false, predictedShare);

    // The dropped input, the thin product and what it is scaled to, and of few places the sum with the layer's own.
    private long Adapters(BatchShape batch, bool training) => _adapters.Sum(a =>
        batch.Places * ((2 * a.Rank) + (!_cuda && batch.Places < FewPlaces ? a.Outputs : 0)) + (training && _adaptersDrop ? (long)(batch.Places * a.Inputs * _maskAndProduct) : 0));

    private long Embeddings(BatchShape batch, bool training)
    {
        double widths = _config switch
        {
            // Words, perhaps their sum with positions, at the other end the last norm.
            DecoderConfig decoder => Wide(1 + (decoder.Family().IsRotary ? 0 : 1)) + Norm(decoder) + Dropout(decoder.EmbeddingDropout, training),
            // Words, their sum with positions, the sum with token types, the norm.
            _ => Wide(2 + (_config.TokenTypes > 0 ? 1 : 0)) + 1 + Dropout(_config.HiddenDropout, training),
        };
        return (long)(batch.Places * _config.HiddenSize * widths);
    }

    private long Layer(BatchShape batch, bool training)
    {
        bool inFull = InFull(batch, training);
        double scores = inFull ? 2 + Dropout(_config.AttentionDropout, training) : 0;
        (double place, long joined) = _config is DecoderConfig decoder ? DecoderLayer(decoder, inFull, training) : EncoderLayer(inFull, training);
        return (long)((place * batch.Places) + (scores * Scores(batch, training))) + (!_cuda && batch.Places < FewPlaces ? joined : 0);
    }

    /// <summary>The numbers of each place besides the scores, and those of the matrices that few places join.</summary>
    private (double Place, long Joined) EncoderLayer(bool inFull, bool training)
    {
        long width = _config.HiddenSize;
        bool attentionOutputDrops = (_config as EncoderConfig)?.Family().DropsAttentionOutput ?? true;
        // Queries, keys, values; in full their copies by heads, the scaled queries and the mixed values, and those by tokens again, else the mixed values alone; two outputs, two norms.
        double widths = (inFull ? 13 : 8) + (Dropout(_config.HiddenDropout, training) * (attentionOutputDrops ? 2 : 1));
        return ((widths * width) + (2 * _config.IntermediateSize), 3 * width * (width + 1));
    }

    private (double Place, long Joined) DecoderLayer(DecoderConfig config, bool inFull, bool training)
    {
        long width = config.HiddenSize, queries = (long)config.HeadCount * config.HeadWidth, keys = (long)config.KeyValueHeads * config.HeadWidth;
        var family = config.Family();
        bool shared = config.KeyValueHeads < config.HeadCount;
        // Two norms, two outputs.
        double numbers = width * ((2 * Norm(config)) + 2 + (2 * Dropout(config.HiddenDropout, training)));
        numbers += queries + (2 * keys);
        if (family.NormalizesHeads)
            numbers += Norm(config) * (queries + keys);
        // What is turned.
        numbers += family.IsRotary ? queries + keys : 0;
        // In full the scaled queries, the three by heads, the mixed values, and those by tokens again; else the mixed values, and what heads share as often as they share it.
        numbers += queries * (inFull ? 6 : shared ? 3 : 1);
        // Gate, inner layer, activation and product; or inner layer and activation.
        numbers += (family.IsGated ? 4 : 2) * config.IntermediateSize;
        long attention = family.Names.Joined is null ? width * (queries + (2 * keys)) : 0;
        return (numbers, attention + (family.IsGated ? 2 * width * config.IntermediateSize : 0));
    }

    // What is divided by the root mean square and its scaled copy, and of 16-bit numbers the 32-bit ones; libtorch's own norm makes one tensor.
    private int Norm(DecoderConfig config) => !config.Family().IsRotary ? 1 : _narrow ? 4 : 2;

    private long Head(BatchShape batch, bool training, double predictedShare)
    {
        long predicted = Predicted(batch, predictedShare);
        return _task switch
        {
            ModelTask.SequenceClassification => _config is EncoderConfig { Pooling: SequencePooling.Mean } ? batch.Places * _config.HiddenSize : 0,
            ModelTask.TokenClassification => (long)(predicted * _config.HiddenSize * (1 + Dropout(_config.HiddenDropout, training))),
            // Hidden states there, of an encoder a layer with its activation and norm, logits and their logarithms.
            _ => ((_config is DecoderConfig ? 1 : 4) * predicted * _config.HiddenSize) + (LogitTensors * predicted * _config.VocabSize),
        };
    }

    // Tensors of 32 bits whatever the others have, and the narrow copy of the last.
    private int Wide(int tensors) => _narrow ? (2 * tensors) + 1 : tensors;

    private static long Predicted(BatchShape batch, double share) => (long)Math.Ceiling(batch.Places * share);

    private bool InFull(BatchShape batch, bool training) => !_cuda && ((training && Drops(_config.AttentionDropout)) || batch.Tokens <= LongestInFull);

    private long Scores(BatchShape batch, bool training) => InFull(batch, training) ? batch.Places * batch.Tokens * _config.HeadCount : 0;

    private double Dropout(double share, bool training) => training && Drops(share) ? _maskAndProduct : 0;

    private static bool Drops(double share) => share > 0;
}
