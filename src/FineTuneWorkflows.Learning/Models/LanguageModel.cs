using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Models.Adapters;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Models.Decoders;
using FineTuneWorkflows.Learning.Models.Encoders;
using FineTuneWorkflows.Learning.Models.Folders;
using FineTuneWorkflows.Learning.Models.Heads;
using FineTuneWorkflows.Learning.Models.Layers;
using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Models;

/// <summary>A language model of any family with the head of one task. Holds its weights until disposed.</summary>
public sealed class LanguageModel : IDisposable
{
    private readonly ParameterStore _store;
    private readonly IBackbone _backbone;
    private readonly IHead _head;

    private LanguageModel(ModelConfig config, ModelTask task, TorchDevice device, torch.ScalarType baseType)
    {
        TorchRuntime.EnsureLoaded();
        (Config, Task, Labels) = (config, task, config.Labels());
        _store = new ParameterStore(device, baseType);
        (_backbone, _head) = ModelParts.Make(_store, config, task);
    }

    /// <summary>The configuration, class names included.</summary>
    public ModelConfig Config { get; }

    /// <summary>What the head does.</summary>
    public ModelTask Task { get; }

    /// <summary>The class names by number; empty where the head predicts tokens.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Whether the classification is multi-label: a sequence can have several classes, or none.</summary>
    public bool IsMultiLabel => Config.ProblemType == ModelConfig.MultiLabel;

    /// <summary>Where the weights are.</summary>
    public TorchDevice Device => _store.Device;

    /// <summary>All weights, in the model's order, frozen ones included.</summary>
    public IReadOnlyList<ModelParameter> Parameters => _store.All;

    /// <summary>How it is adapted; null where it has no adapters.</summary>
    public LoraOptions? Lora { get; private set; }

    /// <summary>The weights that training changes.</summary>
    public IReadOnlyList<ModelParameter> TrainableParameters => [.. _store.All.Where(parameter => parameter.Trainable)];

    /// <summary>The number of parameters of the model.</summary>
    public long ParameterCount => _store.All.Sum(parameter => parameter.Value.NumberOfElements);

    /// <summary>Makes a model with newly initialized weights, which depend on the seed and each weight's name alone.</summary>
    /// <param name="config">The family and its sizes. A <see cref="ModelConfig.ProblemType"/> of <see cref="ModelConfig.MultiLabel"/> makes a classifier of
    /// sequences for multi-label classification.</param>
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
    /// weights below the head are taken; the head's are taken as far as the folder has them for the same task and classes, and newly initialized otherwise.
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

    /// <summary>Looks whether a folder can be the base of a training, without reading its weights: their files are there and whole, and their names and sizes fit the configuration.</summary>
    /// <param name="folder">A Hugging Face-layout folder.</param>
    /// <param name="layers">How many of its first layers are to be kept; null for all.</param>
    /// <returns>The most tokens of a text that it takes.</returns>
    /// <exception cref="LearningException">It cannot.</exception>
    public static int CheckBase(string folder, int? layers = null) => ModelFolder.CheckBase(folder, layers);

    /// <summary>Loads a model that was saved, with the head that its <c>config.json</c> names; every weight must be there. A folder with an adapter in PEFT's layout is
    /// loaded upon its base, and keeps the adapter until <see cref="MergeAdapters"/>.</summary>
    /// <param name="folder">A Hugging Face-layout folder.</param>
    /// <param name="device">Where the weights are to be.</param>
    /// <param name="findBase">Gives the folder of an adapter's base by its name: a path, or <c>hf://owner/name[@revision]</c>. Null takes paths alone.</param>
    /// <exception cref="LearningException">The folder cannot be used; weights that are missing, extra or misshapen are named and counted.</exception>
    public static LanguageModel Load(string folder, TorchDevice device = default, Func<string, string>? findBase = null) =>
        AdapterFolder.Is(folder) ? AdapterFolder.Load(folder, device, findBase) : ModelFolder.Load(folder, device);

    /// <summary>
    /// Writes <c>config.json</c> and <c>model.safetensors</c> (32-bit), which transformers' <c>AutoModelFor...from_pretrained</c> loads. The bytes depend on
    /// the weights and the configuration alone.
    /// </summary>
    /// <returns>The SHA-256 of <c>model.safetensors</c>.</returns>
    /// <exception cref="InvalidOperationException">The model has adapters: merge them first, or save them alone.</exception>
    public string Save(string folder) => Lora is null ? ModelFolder.Save(this, folder)
        : throw new InvalidOperationException("The model has adapters: merge them first, or save them alone.");

    /// <summary>
    /// Writes the adapters and the head that is trained with them, in PEFT's layout: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>, which
    /// <c>PeftModel.from_pretrained</c> loads upon the base; and <c>config.json</c> with the class names. The bytes depend on the weights, the configuration and the base's name alone.
    /// </summary>
    /// <param name="folder">Where to write.</param>
    /// <param name="adapted">What was adapted.</param>
    /// <returns>The SHA-256 of <c>adapter_model.safetensors</c>.</returns>
    /// <exception cref="InvalidOperationException">The model has no adapters.</exception>
    public string SaveAdapter(string folder, AdapterBase adapted) => AdapterFolder.Save(this, folder, adapted);

    /// <summary>Adds what the adapters do to the weights beside which they stand, and drops them: the model computes the same, but for rounding, and is one like any other, none of whose
    /// weights is frozen. Does nothing where there are none.</summary>
    public void MergeAdapters()
    {
        if (Lora is null)
            return;
        using var noGrad = torch.no_grad();
        foreach (LinearLayer layer in AdaptedLayers)
        {
            using var scope = torch.NewDisposeScope();
            layer.Weight.Replace(layer.Adapter!.Merged());
            _store.Remove([layer.Adapter.Down, layer.Adapter.Up]);
            layer.Adapter = null;
        }
        foreach (ModelParameter parameter in Parameters)
            parameter.Thaw();
        Lora = null;
    }

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

    /// <summary>Makes a model whose weights have no values yet.</summary>
    /// <param name="config">The family and its sizes.</param>
    /// <param name="task">What the head does.</param>
    /// <param name="labels">The class names.</param>
    /// <param name="device">Where the weights are to be.</param>
    /// <param name="source">Where the configuration came from, for messages.</param>
    /// <param name="baseType">The element type of the weights below the head.</param>
    internal static LanguageModel Declare(
        ModelConfig config, ModelTask task, IReadOnlyList<string> labels, TorchDevice device, string source, torch.ScalarType baseType = torch.ScalarType.Float32)
    {
        ModelConfig headed = config.ForTask(task, labels);
        headed.Check(source);
        return new LanguageModel(headed, task, device, baseType);
    }

    /// <summary>Prepares the weights for training as the options say: freezes some, or all below a head for classes and puts adapters beside them.</summary>
    /// <exception cref="ModelException">The options contradict each other, or name layers that there are not.</exception>
    internal void Prepare(StructureOptions options)
    {
        Freeze(options.FreezeLayers, options.FreezeEmbeddings);
        if (options.Lora is not { } lora)
            return;
        lora.Check();
        if (options.FreezeLayers > 0 || options.FreezeEmbeddings)
            throw new ModelException($"FreezeLayers is {options.FreezeLayers} and FreezeEmbeddings {options.FreezeEmbeddings}, but LoRA freezes all of the base already; leave them out.");
        FreezeBase();
        IReadOnlyList<string> names = LoraTargets.Names(lora, Config.FamilyTable());
        foreach (LinearLayer layer in LoraTargets.Find(_store.LinearLayers, names))
        {
            LoraAdapter adapter = Adapt(layer, lora.Rank, lora.Alpha / lora.Rank, lora.Dropout);
            ParameterInitializer.Fill(adapter.Down, Config.InitializerRange, options.Seed);
            ParameterInitializer.Fill(adapter.Up, Config.InitializerRange, options.Seed);
        }
        Lora = lora with { TargetModules = names };
    }

    /// <summary>Freezes all but adapters and a head for classes.</summary>
    internal void FreezeBase()
    {
        foreach (ModelParameter parameter in Parameters.Where(p => p.Role == ParameterRole.Backbone || (p.Role != ParameterRole.Adapter && Labels.Count == 0)))
            parameter.Freeze();
    }

    /// <summary>The linear layers with adapters.</summary>
    internal IEnumerable<LinearLayer> AdaptedLayers => _store.LinearLayers.Where(layer => layer.Adapter is not null);

    /// <summary>All linear layers.</summary>
    internal IReadOnlyList<LinearLayer> LinearLayers => _store.LinearLayers;

    /// <summary>Puts an adapter without values beside a layer.</summary>
    internal LoraAdapter Adapt(LinearLayer layer, long rank, double scale, double dropout) => layer.Adapter = new LoraAdapter(_store, layer, rank, scale, dropout);

    /// <summary>Notes how the adapters were made that <see cref="Adapt"/> put there.</summary>
    internal void Adapted(LoraOptions options) => Lora = options;

    /// <summary>Has all layers compute in an element type from now on; logits have 32 bits all the same.</summary>
    internal void ComputeIn(torch.ScalarType type)
    {
        _store.ComputeType = type;
        foreach (ModelParameter parameter in Parameters)
            parameter.ForgetCopy();
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

    /// <summary>The matrix whose products with hidden states are the logits of all tokens, <c>[vocabulary, hidden]</c>; null where the head is for classes.</summary>
    internal ModelParameter? Vocabulary => Labels.Count > 0 ? null : _head is CausalHead head ? head.Output : _backbone.Words;

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
        return head.Of(hidden.select(1, hidden.shape[1] - 1)).view(-1).As(torch.ScalarType.Float32);
    }

    /// <summary>The logits of hidden states; see <see cref="IHead"/>.</summary>
    internal torch.Tensor Head(torch.Tensor hidden, SequenceBatch batch, torch.Tensor? places, bool training)
    {
        using var scope = torch.NewDisposeScope();
        return _head.Forward(hidden, batch, places, training).As(torch.ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>Logits <c>[batch, classes]</c> of a head over sequences, else <c>[places, classes]</c>.</summary>
    /// <param name="batch">The sequences.</param>
    /// <param name="training">Whether dropout applies.</param>
    /// <param name="places">The tokens to compute, as numbers in the flattened batch; null for all.</param>
    /// <param name="recomputation">Runs the layers where what their gradients need is not to be kept.</param>
    internal torch.Tensor Logits(SequenceBatch batch, bool training, torch.Tensor? places = null, Recomputation? recomputation = null) =>
        !training && recomputation is null && _backbone is Encoder encoder && _head is SequenceHead { SeesFirstOnly: true }
            ? Head(encoder.ForwardFirst(batch), batch, places, training)
            : Head(_backbone.Forward(batch, training, recomputation), batch, places, training);
}
