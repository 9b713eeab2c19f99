using System.Globalization;

namespace FineTuneWorkflows.Learning.Models;

/// <summary>What the reading and writing of folders needs to know of a family. A new family is a new table.</summary>
/// <param name="ModelType">Its <c>model_type</c> in <c>config.json</c>.</param>
/// <param name="ClassName">What transformers' names of its classes begin with, such as <c>Bert</c>.</param>
/// <param name="Prefix">What stands before the names of all weights below the head, such as <c>bert.</c>.</param>
/// <param name="LayerFormat">What stands before a layer's names; <c>{0}</c> is its number.</param>
internal abstract record ModelFamily(string ModelType, string ClassName, string Prefix, string LayerFormat)
{
    /// <summary>The family's own names of fields of <c>config.json</c>; null where it lacks a field.</summary>
    public required IReadOnlyDictionary<string, string?> FieldNames { get; init; }

    /// <summary>What the names of embeddings begin with, without the prefix.</summary>
    public required IReadOnlyList<string> Embeddings { get; init; }

    /// <summary>What the names of weights of any head begin with; a task may replace them.</summary>
    public required IReadOnlyList<string> HeadPrefixes { get; init; }

    /// <summary>Weights that repeat another one, such as a decoder tied to the word embeddings. Files may have them, and they are not read.</summary>
    public required IReadOnlyList<string> Tied { get; init; }

    /// <summary>What the names of stored constants end with; they are no weights.</summary>
    public required IReadOnlyList<string> Constants { get; init; }

    /// <summary>The class of its usual tokenizer in transformers, for tokenizers whose files name none; null where transformers finds it by itself.</summary>
    public string? TokenizerClass { get; init; }

    /// <summary>The layers beside which adapters stand unless others are named, as PEFT has them: queries and values.</summary>
    public abstract IReadOnlyList<string> AdapterTargets { get; }

    /// <summary>The linear layers of a layer of the model in the order in which they compute, by the ends of their names; those with one input together. The first are the
    /// attention's: query, key and value, or one for all three.</summary>
    public abstract IReadOnlyList<IReadOnlyList<string>> Products { get; }

    /// <summary>What stands before the names of layer <paramref name="index"/>, prefix included.</summary>
    public string Layer(int index) => Prefix + string.Format(CultureInfo.InvariantCulture, LayerFormat, index);

    /// <summary>Whether a weight belongs to a head.</summary>
    public bool IsHead(string name) => HeadPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>The part of a layer's name that tells it from the others of its layer of the model.</summary>
    protected static string LastPart(string name) => name[(name.LastIndexOf('.') + 1)..];

    /// <summary>Whether a weight belongs to the embeddings.</summary>
    public bool IsEmbedding(string name) => Embeddings.Any(start => name.StartsWith(Prefix + start, StringComparison.Ordinal));
}
