using FineTuneWorkflows.Text.Conversations;

namespace FineTuneWorkflows.Text.TokenFiles;

/// <summary>How to tokenize a dataset.</summary>
public sealed record TokenizeOptions
{
    /// <summary>The most tokens a row keeps, special tokens included; 2 or more. Default 128.</summary>
    public int MaxLength { get; init; } = 128;

    /// <summary>
    /// Whether plain text and conversations are joined to rows of the maximum length: documents as one stream cut into blocks, conversations whole, as
    /// many as fit. Other kinds are never joined. Default null: plain text is, conversations are not. Text that is not joined is cut off.
    /// </summary>
    public bool? Packing { get; init; }

    /// <summary>
    /// Whether each sub-word of a tagged word has a label, <c>I-</c> after <c>B-</c>. Default false: a word's first sub-word alone has one, so that
    /// the labels of a row are those of its words.
    /// </summary>
    public bool LabelAllSubwords { get; init; }

    /// <summary>How conversations are written. Default null: by the tokenizer's own chat template; where it has none, as its vocabulary shows, see
    /// <see cref="ChatFormats.Of"/>.</summary>
    public ChatFormat? ChatFormat { get; init; }

    /// <summary>How many threads tokenize. Has no influence on the result. Default: as many as the machine has CPU cores.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}
