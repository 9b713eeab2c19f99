namespace FineTuneWorkflows.Text.Tokenization;

/// <summary>The ids of the special tokens; null where the tokenizer has none for that use. A role's name in Hugging Face's files stands in parentheses.</summary>
public sealed record SpecialTokenIds
{
    /// <summary>Fills up a batch (<c>pad_token</c>).</summary>
    public int? Padding { get; init; }

    /// <summary>Stands for what the vocabulary cannot express (<c>unk_token</c>).</summary>
    public int? Unknown { get; init; }

    /// <summary>Begins each row of an encoder; its vector stands for the whole text (<c>cls_token</c>).</summary>
    public int? Classification { get; init; }

    /// <summary>Ends each text of an encoder's row (<c>sep_token</c>).</summary>
    public int? Separator { get; init; }

    /// <summary>Stands for what is to be guessed (<c>mask_token</c>).</summary>
    public int? Mask { get; init; }

    /// <summary>Begins each text of a decoder (<c>bos_token</c>).</summary>
    public int? Begin { get; init; }

    /// <summary>Ends each text of a decoder; generation stops at it (<c>eos_token</c>).</summary>
    public int? End { get; init; }

    /// <summary>All of them, each once.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public IReadOnlyList<int> All => [.. new[] { Padding, Unknown, Classification, Separator, Mask, Begin, End }.OfType<int>().Distinct().Order()];
}
