namespace FineTuneWorkflows.Text.Tokenization.Models;

/// <summary>What tokenizer.json's BPE model can be told; the names in parentheses are its.</summary>
internal sealed record BytePairOptions
{
    /// <summary>Whether the vocabulary is written in <see cref="ByteAlphabet"/>, so that words are taken as bytes.</summary>
    public bool ByteLevel { get; init; }

    /// <summary>The entry for what the vocabulary cannot express (<c>unk_token</c>); null leaves such characters out.</summary>
    public string? UnknownToken { get; init; }

    /// <summary>Whether neighbouring unknown characters are one token (<c>fuse_unk</c>).</summary>
    public bool FuseUnknown { get; init; }

    /// <summary>Whether a character that the vocabulary lacks becomes <c>&lt;0x..&gt;</c> entries (<c>byte_fallback</c>).</summary>
    public bool ByteFallback { get; init; }

    /// <summary>Whether a word that is an entry is taken whole, whatever the merges say (<c>ignore_merges</c>).</summary>
    public bool WholeWordsFirst { get; init; }

    /// <summary>What stands before entries inside a word (<c>continuing_subword_prefix</c>).</summary>
    public string Prefix { get; init; } = "";

    /// <summary>What stands after entries at a word's end (<c>end_of_word_suffix</c>).</summary>
    public string Suffix { get; init; } = "";
}
