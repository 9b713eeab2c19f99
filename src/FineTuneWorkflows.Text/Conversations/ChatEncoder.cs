using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.Conversations;

/// <summary>
/// Writes conversations in a family's format. Only what the assistant says, its end token included, is learned. Special tokens' names inside a
/// message stay text, so that no message can end a turn. Safe for use by many threads.
/// </summary>
public sealed class ChatEncoder
{
    private static readonly EncodeOptions Plain = new() { AddSpecialTokens = false };
    private static readonly string[] Roles = ["system", "user", "assistant"];

    private readonly Tokenizer _tokenizer;
    private readonly ChatFormat _format;
    private readonly int? _begin;
    private readonly int _start;
    private readonly int? _header;
    private readonly int _end;
    private readonly Llama2Encoder? _llama2;

    /// <summary>Creates an encoder.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="format">The format.</param>
    /// <exception cref="TextDataException">The vocabulary lacks one of the format's tokens.</exception>
    public ChatEncoder(Tokenizer tokenizer, ChatFormat format)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _tokenizer = tokenizer;
        _format = format;
        if (format == ChatFormat.ChatMl)
        {
            _start = Id("<|im_start|>");
            _end = Id("<|im_end|>");
            return;
        }
        if (format == ChatFormat.Llama2)
        {
            _llama2 = new Llama2Encoder(tokenizer, Id("<s>"), Id("</s>"));
            return;
        }
        _begin = Id("<|begin_of_text|>");
        _start = Id("<|start_header_id|>");
        _header = Id("<|end_header_id|>");
        _end = Id("<|eot_id|>");
    }

    /// <summary>Encodes a conversation to learn from.</summary>
    /// <param name="messages">The messages.</param>
    /// <exception cref="ArgumentException">There is no message, a role is unknown, or in Llama 2's format user and assistant do not take
    /// turns.</exception>
    public ChatSequence Encode(IReadOnlyList<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (messages.Count == 0) throw new ArgumentException("There are no messages.", nameof(messages));
        foreach (var (role, _) in messages)
        {
            if (!Roles.Contains(role, StringComparer.Ordinal))
                throw new ArgumentException($"The role '{role}' is unknown; write {string.Join(", ", Roles)}.", nameof(messages));
        }
        if (_llama2 is not null) return _llama2.Encode(messages);
        var turns = new ChatTurns();
        if (_begin is { } begin) turns.Read([begin]);
        foreach (var (role, content) in messages)
        {
            turns.Read(Header(role));
            // Llama 3's template trims messages, ChatML's does not.
            int[] said = [.. _tokenizer.Encode(_format == ChatFormat.Llama3 ? content.Trim() : content, Plain).Ids, _end];
            if (role == "assistant") turns.Learn(said);
            else turns.Read(said);
            if (_format == ChatFormat.ChatMl) turns.Read(_tokenizer.Encode("\n", Plain).Ids);
        }
        return turns.ToSequence();
    }

    /// <summary>Encodes a conversation up to where the assistant is to answer.</summary>
    /// <param name="messages">The messages so far.</param>
    /// <returns>The ids; <c>[tokens]</c>.</returns>
    /// <exception cref="ArgumentException">There is no message, a role is unknown, or in Llama 2's format user and assistant do not take
    /// turns.</exception>
    public int[] Prompt(IReadOnlyList<ChatMessage> messages) => _llama2 is null ? [.. Encode(messages).Ids, .. Header("assistant")] : Encode(messages).Ids;

    private int[] Header(string role) => _header is { } header
        ? [_start, .. _tokenizer.Encode(role, Plain).Ids, header, .. _tokenizer.Encode("\n\n", Plain).Ids]
        : [_start, .. _tokenizer.Encode(role + "\n", Plain).Ids];

    private int Id(string token) => _tokenizer.IdOf(token)
        ?? throw new TextDataException($"the vocabulary lacks '{token}', which the chat format {_format} needs; choose the format of the model's family");
}
