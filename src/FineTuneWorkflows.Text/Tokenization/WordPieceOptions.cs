namespace FineTuneWorkflows.Text.Tokenization;

/// <summary>
/// How BERT's basic tokenizer treats a text before WordPiece, and the names of the special tokens. The names in parentheses are those of Hugging
/// Face's <c>tokenizer_config.json</c>.
/// </summary>
public sealed record WordPieceOptions
{
    /// <summary>Whether a text is lower-cased (<c>do_lower_case</c>). Default true.</summary>
    public bool LowerCase { get; init; } = true;

    /// <summary>
    /// Whether accents, all nonspacing marks after canonical decomposition, are removed (<c>strip_accents</c>). Default null: as
    /// <see cref="LowerCase"/> says.
    /// </summary>
    public bool? StripAccents { get; init; }

    /// <summary>Whether each CJK ideograph is a word of its own (<c>tokenize_chinese_chars</c>). Default true.</summary>
    public bool SplitIdeographs { get; init; } = true;

    /// <summary>The most tokens the model takes (<c>model_max_length</c>). Default null: not said.</summary>
    public int? ModelMaxLength { get; init; }

    /// <summary>The token for what the vocabulary cannot express (<c>unk_token</c>). Default <c>[UNK]</c>.</summary>
    public string UnknownToken { get; init; } = "[UNK]";

    /// <summary>The token at the end (<c>sep_token</c>). Default <c>[SEP]</c>.</summary>
    public string SeparatorToken { get; init; } = "[SEP]";

    /// <summary>The token that fills up a batch (<c>pad_token</c>). Default <c>[PAD]</c>.</summary>
    public string PaddingToken { get; init; } = "[PAD]";

    /// <summary>The token at the start (<c>cls_token</c>). Default <c>[CLS]</c>.</summary>
    public string ClassificationToken { get; init; } = "[CLS]";

    /// <summary>The token for what is to be guessed (<c>mask_token</c>). Default <c>[MASK]</c>.</summary>
    public string MaskToken { get; init; } = "[MASK]";

    /// <summary>The names of all five special tokens.</summary>
    internal IEnumerable<string> SpecialTokens => [UnknownToken, SeparatorToken, PaddingToken, ClassificationToken, MaskToken];

    /// <summary>Whether accents are removed in the end.</summary>
    internal bool RemovesAccents => StripAccents ?? LowerCase;
}
