using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.Conversations;

/// <summary>Which chat format a tokenizer's family has.</summary>
public static class ChatFormats
{
    /// <summary>
    /// The format whose tokens the vocabulary has: <c>&lt;|im_start|&gt;</c> is ChatML's, <c>&lt;|start_header_id|&gt;</c> Llama 3's; a decoder that
    /// begins and ends texts with <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c> has Llama 2's. A chat template that the tokenizer has is not looked at, see <see cref="ChatTemplate.Of(Tokenizer)"/>.
    /// </summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <returns>The format, or null where the vocabulary shows none.</returns>
    public static ChatFormat? Of(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (tokenizer.IdOf("<|im_start|>") is not null && tokenizer.IdOf("<|im_end|>") is not null) return ChatFormat.ChatMl;
        if (tokenizer.IdOf("<|start_header_id|>") is not null && tokenizer.IdOf("<|eot_id|>") is not null) return ChatFormat.Llama3;
        return IsLlama(tokenizer) ? ChatFormat.Llama2 : null;
    }

    /// <summary>The tokens that a format needs by their names.</summary>
    internal static IReadOnlyList<string> TokensOf(ChatFormat format) => format switch
    {
        ChatFormat.ChatMl => ["<|im_start|>", "<|im_end|>"],
        ChatFormat.Llama3 => ["<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"],
        ChatFormat.Llama2 => ["<s>", "</s>"],
        _ => [],
    };

    private static bool IsLlama(Tokenizer tokenizer) =>
        tokenizer.SpecialTokens is { Begin: { } begin, End: { } end, Classification: null } && tokenizer.Token(begin) == "<s>" && tokenizer.Token(end) == "</s>";
}
