using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Models.Decoders;
using FineTuneWorkflows.Learning.Models.Encoders;
using FineTuneWorkflows.Learning.Models.Folders;
using FineTuneWorkflows.Learning.Models.Heads;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Training;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Models;

/// <summary>A language model of any family with the head of one task. Holds its weights until disposed.</summary>
public sealed class LanguageModel : IDisposable
{
    private readonly ParameterStore _store;
    private readonly IBackbone _backbone;
    private readonly IHead _head;

    private LanguageModel(ModelConfig config, ModelTask task, TorchDevice device)
    {
        TorchRuntime.EnsureLoaded();
        (Config, Task, Labels) = (config, task, config.Labels());
        _store = new ParameterStore(device);
        (_backbone, _head) = ModelParts.Make(_store, config, task);
    }

    /// <summary>The configuration, class names included.</summary>
    public ModelConfig Config { get; }

    /// <summary>What the head does.</summary>
    public ModelTask Task { get; }

    /// <summary>The class names by number; empty where the head predicts tokens.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Whether a sequence can have any number of classes rather than one.</summary>
    public bool IsMultiLabel => Config.ProblemType == ModelConfig.MultiLabel;

    /// <summary>Where the weights are.</summary>
    public TorchDevice Device => _store.Device;

    /// <summary>All weights, in the model's order, frozen ones included.</summary>
    public IReadOnlyList<ModelParameter> Parameters => _store.All;

    /// <summary>The weights that training changes.</summary>
    public IReadOnlyList<ModelParameter> TrainableParameters => [.. _store.All.Where(parameter => parameter.Trainable)];

    /// <summary>The number of numbers in all weights.</summary>
    public long ParameterCount => _store.All.Sum(parameter => parameter.Value.NumberOfElements);

    /// <summary>Makes a model with fresh weights, which depend on the seed and each weight's name alone.</summary>
    /// <param name="config">The family and its sizes. A <see cref="ModelConfig.ProblemType"/> of <see cref="ModelConfig.MultiLabel"/> makes a classifier of
    /// sequences that gives any number of classes.</param>
    /// <param name="task">What the head does.</param>
    /// <param name="labels">The class names: two or more (one or more where a sequence can have several); none where the head predicts tokens.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="device">Where the weights are to be.</param>
    /// <exception cref="ModelException">The configuration or the labels cannot be used, or the family has no such head.</exception>
    public static LanguageModel Create(ModelConfig config, ModelTask task, IReadOnlyList<string> labels, long seed, TorchDevice device = default)
    {
        LanguageModel model = Declare(config, task, labels, device, "The configuration");
        foreach (ModelParameter parameter in model.Parameters)
            ParameterInitializer.Fill(parameter, config.InitializerRange, seed);
        return model;
    }

    /// <summary>
    /// Makes a model for a task from a Hugging Face-layout folder (<c>config.json</c>; <c>model.safetensors</c> or its shards) of any element type. All
    /// weights below the head are taken; the head's are taken as far as the folder has them for the same task and classes, and start fresh else.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="task">What the head is to do.</param>
    /// <param name="labels">The class names: two or more (one or more where a sequence can have several); none where the head predicts tokens.</param>
    /// <param name="options">Changes to the structure.</param>
    /// <param name="device">Where the weights are to be.</param>
    /// <param name="note">Hears what started fresh and what was left out.</param>
    /// <exception cref="LearningException">The folder cannot be used; weights that are missing, extra or misshapen are named and counted.</exception>
    public static LanguageModel FromPretrained(
        string folder, ModelTask task, IReadOnlyList<string> labels, StructureOptions? options = null, TorchDevice device = default,
        Action<string>? note = null) =>
        ModelFolder.LoadForTraining(folder, task, labels, options ?? new StructureOptions(), device, note ?? (static _ => { }));

    /// <summary>Loads a model that was saved, with the head that its <c>config.json</c> names; every weight must be there.</summary>
    /// <param name="folder">A Hugging Face-layout folder.</param>
    /// <param name="device">Where the weights are to be.</param>
    /// <exception cref="LearningException">The folder cannot be used; weights that are missing, extra or misshapen are named and counted.</exception>
    public static LanguageModel Load(string folder, TorchDevice device = default) => ModelFolder.Load(folder, device);

    /// <summary>
    /// Writes <c>config.json</c> and <c>model.safetensors</c> (32-bit), which transformers' <c>AutoModelFor...from_pretrained</c> loads. The bytes depend on
    /// the weights and the configuration alone.
    /// </summary>
    /// <returns>The SHA-256 of <c>model.safetensors</c>.</returns>
    public string Save(string folder) => ModelFolder.Save(this, folder);

    /// <summary>Freezes weights: training leaves them as they are, and spends neither time nor memory on their gradients.</summary>
    /// <param name="layers">The number of first layers to freeze.</param>
    /// <param name="embeddings">Whether to freeze the embeddings.</param>
    /// <exception cref="ModelException">The model has fewer layers.</exception>
    public void Freeze(int layers, bool embeddings)
    {
        if (layers < 0 || layers > Config.LayerCount)
            throw new ModelException($"FreezeLayers is {layers}; the model has {Config.LayerCount} layers, so it must be 0 to {Config.LayerCount}.");
        ModelFamily family = Config.FamilyTable();
        string[] frozen = [.. Enumerable.Range(0, layers).Select(family.Layer)];
        foreach (ModelParameter parameter in Parameters)
        {
            if ((embeddings && family.IsEmbedding(parameter.Name)) || frozen.Any(prefix => parameter.Name.StartsWith(prefix, StringComparison.Ordinal)))
                parameter.Freeze();
        }
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose() => _store.Dispose();

    internal static LanguageModel Declare(ModelConfig config, ModelTask task, IReadOnlyList<string> labels, TorchDevice device, string source)
    {
        ModelConfig headed = config.ForTask(task, labels);
        headed.Check(source);
        return new LanguageModel(headed, task, device);
    }

    /// <summary>What a parameter belongs to: 0 the embeddings, then the layers from 1 on, then the head and what is above the layers.</summary>
    internal int DepthOf(ModelParameter parameter)
    {
        ModelFamily family = Config.FamilyTable();
        if (family.IsEmbedding(parameter.Name))
            return 0;
        for (int layer = 0; layer < Config.LayerCount; layer++)
        {
            if (parameter.Name.StartsWith(family.Layer(layer), StringComparison.Ordinal))
                return layer + 1;
        }
        return Config.LayerCount + 1;
    }

    internal ModelParameter? Find(string name) => _store.Find(name);

    /// <summary>A batch as the model takes it.</summary>
    internal SequenceBatch Batch(ReadOnlySpan<int> indices, ISequenceDataset data, SequenceBatch.TokenEdit? edit = null) =>
        SequenceBatch.Create(indices, data, Config.PadTokenId ?? 0, Config.TokenTypes > 1, Device, edit);

    /// <summary>The hidden states after the last layer, <c>[batch, tokens, hidden]</c>.</summary>
    internal torch.Tensor Hidden(SequenceBatch batch, bool training) => _backbone.Forward(batch, training);

    /// <summary>The logits of the token after new ones, <c>[vocabulary]</c>; the cache takes the new ones in.</summary>
    /// <param name="tokenIds">The new tokens, <c>[1, tokens]</c>.</param>
    /// <param name="cache">The tokens before them.</param>
    internal torch.Tensor Continue(torch.Tensor tokenIds, KeyValueCache cache)
    {
        if (_backbone is not Decoder decoder || _head is not CausalHead head)
            throw new InvalidOperationException($"A model for {Task} does not continue texts.");
        torch.Tensor hidden = decoder.Continue(tokenIds, cache);
        return head.Of(hidden.select(1, hidden.shape[1] - 1)).view(-1);
    }

    /// <summary>The logits of hidden states; see <see cref="IHead"/>.</summary>
    internal torch.Tensor Head(torch.Tensor hidden, SequenceBatch batch, torch.Tensor? places, bool training) =>
        _head.Forward(hidden, batch, places, training);

    /// <summary>Logits <c>[batch, classes]</c> of a head over sequences, else <c>[places, classes]</c>.</summary>
    /// <param name="batch">The sequences.</param>
    /// <param name="training">Whether dropout applies.</param>
    /// <param name="places">The tokens to compute, as numbers in the flattened batch; null for all.</param>
    /// <param name="recomputation">Runs the layers where what their gradients need is not to be kept.</param>
    internal torch.Tensor Logits(SequenceBatch batch, bool training, torch.Tensor? places = null, Recomputation? recomputation = null) =>
        !training && recomputation is null && _backbone is Encoder encoder && _head is SequenceHead { SeesFirstOnly: true }
            ? _head.Forward(encoder.ForwardFirst(batch), batch, places, training)
            : _head.Forward(_backbone.Forward(batch, training, recomputation), batch, places, training);
}
