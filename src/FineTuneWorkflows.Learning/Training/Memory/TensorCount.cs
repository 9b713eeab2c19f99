using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;

namespace FineTuneWorkflows.Learning.Training.Memory;

/// <summary>The numbers (of 4 bytes) in the tensors of a step, by the shapes of the model's layers.</summary>
internal sealed class TensorCount
{
    // As LinearLayer joins query, key and value, and Attention computes in full.
    private const long FewPlaces = 1024, LongestInFull = 256;

    private readonly ModelConfig _config;
    private readonly ModelTask _task;
    private readonly bool _cuda;
    private readonly long _embeddings, _largestWeight, _words;
    private readonly double _maskAndProduct;

    public TensorCount(LanguageModel model, bool cuda)
    {
        (_config, _task, _cuda) = (model.Config, model.Task, cuda);
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
        // On a GPU libtorch's own dropout keeps a byte for each number of the mask.
        _maskAndProduct = cuda ? 1.25 : 2;
    }

    /// <summary>The trained weights.</summary>
    public long Trainable { get; }

    private bool PredictsTokens => _task is not (ModelTask.SequenceClassification or ModelTask.TokenClassification);

    /// <summary>What a forward pass of training keeps.</summary>
    public long Activations(BatchShape batch, bool checkpointing, double predictedShare)
    {
        long width = batch.Places * _config.HiddenSize, layer = Layer(batch, training: true);
        long layers = checkpointing ? layer + (((2 * _config.LayerCount) + 1) * width) : layer * _config.LayerCount;
        return Embeddings(batch, training: true) + layers + Head(batch, training: true, predictedShare);
    }

    /// <summary>The gradients that are there and what the backward pass makes besides, where that is the most: in the head, in the first layer, or in the embeddings.</summary>
    public long Backward(BatchShape batch, bool inPieces, double predictedShare)
    {
        long width = batch.Places * _config.HiddenSize, inner = batch.Places * _config.IntermediateSize;
        long layer = Math.Max((2 * inner) + (3 * width), ((Drops(_config.AttentionDropout) ? 3 : 2) * Scores(batch, training: true)) + (5 * width));
        long logits = PredictsTokens ? 2 * Predicted(batch, predictedShare) * _config.VocabSize : 0;
        // A gradient that is added to one which is there needs a place of its own first; of tied embeddings that is always so.
        long second = inPieces ? _largestWeight : PredictsTokens && _embeddings > 0 ? _words : 0;
        long atHead = (inPieces ? Trainable : 0) + logits + second;
        long atLayers = (inPieces || PredictsTokens ? Trainable : Trainable - _embeddings) + layer;
        long atEmbeddings = Trainable + second + width;
        return Math.Max(atHead, Math.Max(atLayers, atEmbeddings));
    }

    /// <summary>The gradients and what the update makes besides: nothing on the processor, where it is one pass over memory; on a GPU squares, scaled gradients and denominators.</summary>
    public long Update() => _cuda ? 4 * Trainable : Trainable;

    /// <summary>All of a forward pass without dropout.</summary>
    public long Validation(BatchShape batch, double predictedShare) => batch.Places == 0 ? 0
        : Embeddings(batch, training: false) + (_config.LayerCount * Layer(batch, training: false)) + Head(batch, training: false, predictedShare);

    // Words, their sum with positions, the sum with token types, the normalized sum; and dropout.
    private long Embeddings(BatchShape batch, bool training) =>
        (long)(batch.Places * _config.HiddenSize * (3 + (_config.TokenTypes > 0 ? 1 : 0) + Dropout(_config.HiddenDropout, training)));

    private long Layer(BatchShape batch, bool training)
    {
        bool encoder = _config is EncoderConfig;
        bool attentionOutputDrops = (_config as EncoderConfig)?.Family().DropsAttentionOutput ?? true;
        bool inFull = InFull(batch, training);
        // Queries, keys, values; in full their copies by heads, the scaled queries and the mixed values, and those by tokens again, else the mixed values alone; two outputs, two norms.
        // Families with rotary positions turn queries and keys in three more tensors each, and gate the inner layer by two more: a bound, as heads may be shared.
        double widths = (inFull ? 13 : 8) + (encoder ? 0 : 6) + Dropout(_config.HiddenDropout, training) + (attentionOutputDrops ? Dropout(_config.HiddenDropout, training) : 0);
        double scores = inFull ? 2 + Dropout(_config.AttentionDropout, training) : 0;
        long joined = !_cuda && batch.Places < FewPlaces ? 3L * _config.HiddenSize * (_config.HiddenSize + 1) : 0;
        return (long)((widths * batch.Places * _config.HiddenSize) + ((encoder ? 2 : 4) * batch.Places * _config.IntermediateSize) + (scores * Scores(batch, training))) + joined;
    }

    private long Head(BatchShape batch, bool training, double predictedShare)
    {
        long predicted = Predicted(batch, predictedShare);
        return _task switch
        {
            ModelTask.SequenceClassification => _config is EncoderConfig { Pooling: SequencePooling.Mean } ? batch.Places * _config.HiddenSize : 0,
            ModelTask.TokenClassification => (long)(predicted * _config.HiddenSize * (1 + Dropout(_config.HiddenDropout, training))),
            // Hidden states there, a layer with its activation and norm, logits and their logarithms.
            _ => (4 * predicted * _config.HiddenSize) + (2 * predicted * _config.VocabSize),
        };
    }

    private static long Predicted(BatchShape batch, double share) => (long)Math.Ceiling(batch.Places * share);

    private bool InFull(BatchShape batch, bool training) => !_cuda && ((training && Drops(_config.AttentionDropout)) || batch.Tokens <= LongestInFull);

    private long Scores(BatchShape batch, bool training) => InFull(batch, training) ? batch.Places * batch.Tokens * _config.HeadCount : 0;

    private double Dropout(double share, bool training) => training && Drops(share) ? _maskAndProduct : 0;

    private static bool Drops(double share) => share > 0;
}
