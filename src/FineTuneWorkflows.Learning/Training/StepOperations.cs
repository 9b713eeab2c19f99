using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Models.Layers;

namespace FineTuneWorkflows.Learning.Training;

/// <summary>
/// The floating-point operations that a step's gradients need, by the shapes of the model's matrices; what model FLOPs utilization counts (Chowdhery et al. 2022,
/// arXiv:2204.02311, appendix B). A multiplication and an addition are two.
/// <list type="bullet">
/// <item>A matrix of n numbers takes 2n for each token forwards, 2n more for its own gradient where it is trained, and 2n more for its input's where something below it is trained: 6n in a
/// full training, 4n beside adapters, 2n below the lowest trained layer.</item>
/// <item>Attention takes 4 x width for each pair of tokens forwards and up to 8 x width backwards, as far as queries, keys and values need gradients: PaLM's 12 x layers x heads x head width x
/// tokens for each token in a full training. A causal model's are counted in full too, but no further than a layer's window.</item>
/// <item>A head over sequences counts once for each of them, one over tokens and the products with the vocabulary for each token that is predicted.</item>
/// </list>
/// Not counted: padding, what gradient checkpointing computes again, everything by element (norms, activations, softmax, dropout), looking up embeddings, and the update.
/// </summary>
internal sealed class StepOperations
{
    private readonly Dictionary<ModelParameter, int> _order = [];
    private readonly int _lowestTrained = int.MaxValue;
    private readonly double _perToken, _perSequence, _perPrediction;
    private readonly List<(int Window, double PerPair)> _attention = [];

    /// <param name="model">The model, frozen and with adapters as it is trained.</param>
    public StepOperations(LanguageModel model)
    {
        foreach (ModelParameter parameter in model.Parameters)
            _order.Add(parameter, _order.Count);
        // An adapter counts where the layer stands beside which it does.
        foreach (ModelParameter parameter in model.Parameters.Where(p => p.Trainable && p.Role != ParameterRole.Adapter).Concat(model.AdaptedLayers.Select(layer => layer.Weight)))
            _lowestTrained = Math.Min(_lowestTrained, _order[parameter]);

        Dictionary<string, LinearLayer> layers = model.LinearLayers.ToDictionary(layer => layer.Name, StringComparer.Ordinal);
        ModelFamily family = model.Config.FamilyTable();
        for (int index = 0; index < model.Config.LayerCount; index++)
        {
            LinearLayer[][] groups = [.. family.Products.Select(names => names.Select(name => layers[family.Layer(index) + name]).ToArray())];
            _perToken += groups.Sum(Of);
            int window = (model.Config as DecoderConfig)?.WindowOf(index) ?? int.MaxValue;
            _attention.Add((window, AttentionOf(groups[0]) * (model.Config is DecoderConfig decoder ? decoder.HeadCount * decoder.HeadWidth : model.Config.HiddenSize)));
        }
        double head = model.LinearLayers.Where(layer => layer.Role != ParameterRole.Backbone).Sum(layer => Of([layer]));
        if (model.Task == ModelTask.SequenceClassification)
            _perSequence = head;
        else
            _perPrediction = head + (model.Vocabulary is { } words ? OfVocabulary(words) : 0);
    }

    /// <summary>The operations of some sequences' loss and gradients.</summary>
    /// <param name="lengths">The sequences' tokens, without padding.</param>
    /// <param name="predictions">The number of tokens that are predicted; of no matter to a head over sequences.</param>
    public double Of(IReadOnlyList<int> lengths, int predictions)
    {
        double sum = (lengths.Count * _perSequence) + (predictions * _perPrediction);
        foreach (int length in lengths)
            sum += (length * _perToken) + _attention.Sum(layer => layer.PerPair * length * Math.Min(length, layer.Window));
        return sum;
    }

    /// <summary>Of layers that have one input.</summary>
    private double Of(LinearLayer[] group)
    {
        bool passes = PassesBelow(group);
        double sum = 0;
        foreach (LinearLayer layer in group)
        {
            double size = layer.Inputs * layer.Outputs;
            sum += size * Products(layer.Weight.Trainable, passes);
            if (layer.Adapter is { Rank: var rank })
                sum += (rank * layer.Inputs * Products(trained: true, passes)) + (rank * layer.Outputs * Products(trained: true, passes: true));
        }
        return sum;
    }

    // Their input is above all other weights; the words themselves lie below it.
    private double OfVocabulary(ModelParameter words) =>
        words.Value.NumberOfElements * (double)Products(words.Trainable, words.Kind == ParameterKind.Embedding ? _lowestTrained < int.MaxValue : _lowestTrained < _order[words]);

    /// <summary>Times the width, for each pair of tokens.</summary>
    private int AttentionOf(LinearLayer[] projections)
    {
        bool passes = PassesBelow(projections);
        bool[] need = [.. projections.Select(layer => passes || layer.Weight.Trainable || layer.Adapter is not null)];
        (bool query, bool key, bool value) = need.Length == 1 ? (need[0], need[0], need[0]) : (need[0], need[1], need[2]);
        // Forwards scores and mixture; backwards the weights' gradient, and those of what needs one.
        return 4 + (query || key ? 2 : 0) + (query ? 2 : 0) + (key ? 2 : 0) + (value ? 2 : 0);
    }

    private bool PassesBelow(LinearLayer[] group) => _lowestTrained < group.Min(layer => _order[layer.Weight]);

    private static int Products(bool trained, bool passes) => 2 + (trained ? 2 : 0) + (passes ? 2 : 0);
}
