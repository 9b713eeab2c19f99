using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Models;

/// <summary>
/// An encoder with a linear head over the pooled first token: BertForSequenceClassification of transformers. Holds its weights until disposed.
/// </summary>
public sealed class SequenceClassifier : IDisposable
{
    private readonly ParameterStore _store;
    private readonly Encoder _encoder;
    private readonly LinearLayer _head;

    private SequenceClassifier(BertConfig config, TorchDevice device)
    {
        TorchRuntime.EnsureLoaded();
        Config = config;
        Labels = config.Labels();
        _store = new ParameterStore(device);
        _encoder = new Encoder(_store, EncoderShape.Of(config), EncoderNames.Bert);
        _head = new LinearLayer(_store, "classifier", config.HiddenSize, Labels.Count);
    }

    /// <summary>The configuration, class names included.</summary>
    public BertConfig Config { get; }

    /// <summary>The class names by number.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Where the weights are.</summary>
    public TorchDevice Device => _store.Device;

    /// <summary>All trainable tensors, in the model's order.</summary>
    public IReadOnlyList<ModelParameter> Parameters => _store.All;

    /// <summary>The number of trainable numbers.</summary>
    public long ParameterCount => _store.All.Sum(parameter => parameter.Value.NumberOfElements);

    /// <summary>Makes a model with fresh weights, which depend on the seed and each weight's name alone.</summary>
    /// <param name="config">The encoder's shape.</param>
    /// <param name="labels">The class names; two or more.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="device">Where the weights are to be.</param>
    /// <exception cref="ModelException">The configuration or the labels cannot be used.</exception>
    public static SequenceClassifier Create(BertConfig config, IReadOnlyList<string> labels, long seed, TorchDevice device = default)
    {
        SequenceClassifier model = Declare(config, labels, device, "The configuration");
        foreach (ModelParameter parameter in model.Parameters)
            ParameterInitializer.Fill(parameter, config.InitializerRange, seed);
        return model;
    }

    /// <summary>
    /// Makes a classifier from a Hugging Face-layout folder (<c>config.json</c>, <c>model.safetensors</c>). The encoder's weights are taken; the head
    /// is taken where the folder's classes are the same, else it starts fresh, as a missing pooler does.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="labels">The class names; two or more.</param>
    /// <param name="options">Changes to the structure.</param>
    /// <param name="device">Where the weights are to be.</param>
    /// <param name="note">Hears what started fresh and what was left out.</param>
    /// <exception cref="LearningException">The folder cannot be used; weights that are missing, extra or misshapen are named and counted.</exception>
    public static SequenceClassifier FromPretrained(
        string folder, IReadOnlyList<string> labels, StructureOptions? options = null, TorchDevice device = default, Action<string>? note = null) =>
        ModelFolder.LoadForTraining(folder, labels, options ?? new StructureOptions(), device, note ?? (static _ => { }));

    /// <summary>Loads a classifier that was saved; every weight must be there.</summary>
    /// <param name="folder">A Hugging Face-layout folder.</param>
    /// <param name="device">Where the weights are to be.</param>
    /// <exception cref="LearningException">The folder cannot be used; weights that are missing, extra or misshapen are named and counted.</exception>
    public static SequenceClassifier Load(string folder, TorchDevice device = default) => ModelFolder.Load(folder, device);

    /// <summary>
    /// Writes <c>config.json</c> and <c>model.safetensors</c> (32-bit), which <c>AutoModelForSequenceClassification.from_pretrained</c> loads. The
    /// bytes depend on the weights and the configuration alone.
    /// </summary>
    /// <returns>The SHA-256 of <c>model.safetensors</c>.</returns>
    public string Save(string folder) => ModelFolder.Save(this, folder);

    /// <summary>Frees the weights.</summary>
    public void Dispose() => _store.Dispose();

    internal static SequenceClassifier Declare(BertConfig config, IReadOnlyList<string> labels, TorchDevice device, string source)
    {
        if (labels.Count < 2)
        {
            string there = labels.Count == 1 ? $"is only '{labels[0]}'" : "are none";
            throw new ModelException($"A classifier needs two classes or more, but there {there}.");
        }
        BertConfig labelled = config.WithLabels(labels);
        labelled.Check(source);
        return new SequenceClassifier(labelled, device);
    }

    internal ModelParameter? Find(string name) => _store.Find(name);

    /// <summary>Hidden states <c>[batch, tokens, hidden]</c>, pooled <c>[batch, hidden]</c> and logits <c>[batch, classes]</c>.</summary>
    internal (torch.Tensor Hidden, torch.Tensor Pooled, torch.Tensor Logits) ForwardAll(SequenceBatch batch, bool training)
    {
        torch.Tensor hidden = _encoder.Forward(batch.TokenIds, null, batch.AttentionBias, training);
        torch.Tensor pooled = _encoder.Pool(hidden);
        double dropout = Config.ClassifierDropout ?? Config.HiddenDropout;
        torch.Tensor input = training && dropout > 0 ? torch.nn.functional.dropout(pooled, dropout, true, false) : pooled;
        return (hidden, pooled, _head.Forward(input));
    }

    /// <summary>Logits <c>[batch, classes]</c>.</summary>
    internal torch.Tensor Forward(SequenceBatch batch, bool training) => ForwardAll(batch, training).Logits;
}
