using System.Globalization;
using System.Text.Json;
using FineTuneWorkflows.Learning.Models.Layers;

namespace FineTuneWorkflows.Learning.Models.Configuration;

/// <summary>
/// The shape of a model and its head, whatever its family: what Hugging Face's <c>config.json</c> says, under the family's own names for it. Fields of a
/// read file that are not listed here are kept and written back.
/// </summary>
public abstract record ModelConfig
{
    // As many names are made where a file gives none.
    private const int MostLabels = 1_000_000;

    /// <summary>The problem type of one class per sequence.</summary>
    public const string SingleLabel = "single_label_classification";

    /// <summary>The problem type of multi-label classification.</summary>
    public const string MultiLabel = "multi_label_classification";

    /// <summary>The family, such as <c>bert</c> or <c>llama</c>.</summary>
    public string ModelType { get; init; } = "";

    /// <summary>The class that transformers loads the folder with; empty where the file names none.</summary>
    public IReadOnlyList<string> Architectures { get; init; } = [];

    /// <summary>Number of token ids.</summary>
    public int VocabSize { get; init; }

    /// <summary>Width of the hidden states.</summary>
    public int HiddenSize { get; init; }

    /// <summary>Number of layers.</summary>
    public int LayerCount { get; init; }

    /// <summary>Number of attention heads.</summary>
    public int HeadCount { get; init; }

    /// <summary>Width of the feed-forward layer.</summary>
    public int IntermediateSize { get; init; }

    /// <summary>Number of positions.</summary>
    public int MaxPositions { get; init; }

    /// <summary>The activation of the feed-forward layer, by its name in transformers: <c>gelu</c> (exact), <c>gelu_new</c> (tanh), <c>relu</c>,
    /// <c>silu</c>...</summary>
    public string Activation { get; init; } = "gelu";

    /// <summary>Dropout after embeddings, attention and feed-forward, 0 to 1.</summary>
    public double HiddenDropout { get; init; }

    /// <summary>Dropout of the attention weights, 0 to 1.</summary>
    public double AttentionDropout { get; init; }

    /// <summary>Standard deviation of newly initialized weights; default 0.02.</summary>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>Added to the variance in normalization.</summary>
    public double NormEpsilon { get; init; }

    /// <summary>The id that pads sequences; null where the model has none.</summary>
    public int? PadTokenId { get; init; }

    /// <summary>What the head predicts: <see cref="SingleLabel"/>, <see cref="MultiLabel"/>, or null.</summary>
    public string? ProblemType { get; init; }

    /// <summary>Class names by number, as text: <c>"0": "negative"</c>; null if the configuration has none.</summary>
    public IReadOnlyDictionary<string, string>? LabelById { get; init; }

    /// <summary>The element type of the weights, as transformers writes it.</summary>
    public string? TorchType { get; init; }

    /// <summary>All other fields of the file.</summary>
    public IReadOnlyDictionary<string, JsonElement> Others { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>The number of tokens that a sequence can have.</summary>
    public virtual int MaxTokens => MaxPositions;

    /// <summary>The class of the family's usual tokenizer in transformers; null where transformers finds it by itself.</summary>
    public string? TokenizerClass => FamilyTable().TokenizerClass;

    /// <summary>The head that the folder's architecture has; null where the file names none or one that is not known.</summary>
    public ModelTask? Task => Architectures.Count == 0 ? null : ArchitectureNames.TaskOf(Architectures[0]);

    /// <summary>Reads a model folder's <c>config.json</c>.</summary>
    /// <param name="folder">A folder in Hugging Face's layout.</param>
    /// <exception cref="ModelException">The file is missing or broken, its family is not known, or a setting is out of range or not supported.</exception>
    public static ModelConfig Read(string folder) => ConfigFile.Read(folder);

    /// <summary>The class names in order of their numbers; empty if the configuration has none.</summary>
    /// <exception cref="ModelException">The numbers are not 0, 1, 2, ...</exception>
    public IReadOnlyList<string> Labels()
    {
        if (LabelById is null)
            return [];
        string?[] labels = new string[LabelById.Count];
        foreach ((string id, string label) in LabelById)
        {
            if (!int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int index) || index >= labels.Length || labels[index] is not null)
                throw new ModelException($"id2label has the number '{id}'; with {labels.Length} labels the numbers must be 0 to {labels.Length - 1}.");
            labels[index] = label;
        }
        return labels!;
    }

    /// <summary>The class names of a classifier; where the configuration has none those that transformers gives, which it leaves out of the files that it writes: as many as
    /// <c>num_labels</c> says, else two.</summary>
    /// <exception cref="ModelException"><c>num_labels</c> is no number of classes.</exception>
    internal IReadOnlyList<string> LabelsOrDefault()
    {
        if (LabelById is not null)
            return Labels();
        if (!Others.TryGetValue("num_labels", out JsonElement value) || value.ValueKind == JsonValueKind.Null)
            return DefaultLabels(2);
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int count) && count is > 0 and <= MostLabels ? DefaultLabels(count)
            : throw new ModelException($"num_labels is {value.GetRawText()[..Math.Min(40, value.GetRawText().Length)]}; it must be 1 to {MostLabels}.");
    }

    /// <summary>The names that transformers gives classes that have none.</summary>
    internal static IReadOnlyList<string> DefaultLabels(int count) => [.. Enumerable.Range(0, count).Select(i => $"LABEL_{i}")];

    /// <summary>Refuses sizes and settings that no model can have.</summary>
    /// <param name="source">Where the configuration came from, for the message.</param>
    /// <exception cref="ModelException">A setting is out of range or not supported; the message names it and its value.</exception>
    public abstract void Check(string source);

    /// <summary>Class names by number, as <see cref="LabelById"/> has them.</summary>
    /// <exception cref="ModelException">A class is named twice.</exception>
    internal static IReadOnlyDictionary<string, string> ById(IReadOnlyList<string> labels)
    {
        var byId = new Dictionary<string, string>(StringComparer.Ordinal);
        var known = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < labels.Count; i++)
        {
            if (!known.Add(labels[i]))
                throw new ModelException($"Class '{labels[i]}' is named twice.");
            byId[i.ToString(CultureInfo.InvariantCulture)] = labels[i];
        }
        return byId;
    }

    /// <summary>The number of token types, 0 for families without.</summary>
    internal virtual int TokenTypes => 0;

    /// <summary>The family's table.</summary>
    internal abstract ModelFamily FamilyTable();

    /// <summary>The configuration with the head of a task, as transformers expects it.</summary>
    /// <exception cref="ModelException">The labels do not suit the task.</exception>
    internal ModelConfig ForTask(ModelTask task, IReadOnlyList<string> labels)
    {
        bool several = task == ModelTask.SequenceClassification && ProblemType == MultiLabel;
        bool classes = task is ModelTask.SequenceClassification or ModelTask.TokenClassification;
        if (task == ModelTask.None)
            throw new ModelException("A model needs a head: choose a task.");
        if (classes && labels.Count < (several ? 1 : 2))
        {
            string there = labels.Count == 1 ? $"is only '{labels[0]}'" : "are none";
            throw new ModelException($"A classifier needs {(several ? "one class" : "two classes")} or more, but there {there}.");
        }
        if (!classes && labels.Count > 0)
            throw new ModelException($"A head for {task} predicts tokens, so it has no classes; {labels.Count} are given.");
        ModelConfig headed = this with
        {
            Architectures = [ArchitectureNames.NameOf(FamilyTable().ClassName, task)],
            ProblemType = task != ModelTask.SequenceClassification ? null : several ? MultiLabel : SingleLabel,
            LabelById = classes ? ById(labels) : null,
            TorchType = "float32",
        };
        return task == ModelTask.SequenceClassification ? headed.Padded() : headed;
    }

    /// <summary>The configuration with an id that pads, without which transformers classifies no batches.</summary>
    private protected virtual ModelConfig Padded() => this;

    private protected void CheckCommon(ConfigCheck check)
    {
        check.Positive(VocabSize, "vocab_size");
        check.Positive(HiddenSize, "hidden_size");
        check.Positive(LayerCount, "num_hidden_layers");
        check.Positive(HeadCount, "num_attention_heads");
        check.Positive(IntermediateSize, "intermediate_size");
        check.Positive(MaxPositions, "max_position_embeddings");
        check.Require(Activations.IsKnown(Activation), "hidden_act", Activation, $"use {string.Join(", ", Activations.Names)}");
        check.Require(PadTokenId is null || (PadTokenId >= 0 && PadTokenId < VocabSize), "pad_token_id", PadTokenId, $"it must be 0 to {VocabSize - 1}");
        check.Require(NormEpsilon > 0, "layer_norm_eps", NormEpsilon, "it must be above 0");
        check.Require(InitializerRange >= 0, "initializer_range", InitializerRange, "it must be 0 or more");
        check.Probability(HiddenDropout, "hidden_dropout_prob");
        check.Probability(AttentionDropout, "attention_probs_dropout_prob");
    }
}
