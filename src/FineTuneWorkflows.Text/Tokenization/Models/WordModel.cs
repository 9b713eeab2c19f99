namespace FineTuneWorkflows.Text.Tokenization.Models;

/// <summary>Divides one word (a part, as the pre-tokenizer left it) into entries of a vocabulary. Safe for use by many threads.</summary>
internal abstract class WordModel
{
    /// <summary>The vocabulary: each entry with its id.</summary>
    public abstract IReadOnlyDictionary<string, int> Entries { get; }

    /// <summary>The id of what the vocabulary cannot express, or null where there is none.</summary>
    public abstract int? UnknownId { get; }

    /// <summary>Makes an encoder for one thread.</summary>
    public abstract WordEncoder CreateEncoder();
}
