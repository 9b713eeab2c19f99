namespace FineTuneWorkflows.Text.Conversations;

/// <summary>How a conversation is written as one text.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(System.Text.Json.Serialization.JsonStringEnumConverter<ChatFormat>))]
public enum ChatFormat
{
    /// <summary><c>&lt;|im_start|&gt;role</c>, the message and <c>&lt;|im_end|&gt;</c>, as Qwen does it.</summary>
    ChatMl,

    /// <summary><c>&lt;|start_header_id|&gt;role&lt;|end_header_id|&gt;</c>, the message and <c>&lt;|eot_id|&gt;</c>, as Llama 3 does it.</summary>
    Llama3,

    /// <summary>
    /// <c>[INST] question [/INST] answer</c> between a begin and an end token, the system's message before the first question between
    /// <c>&lt;&lt;SYS&gt;&gt;</c> marks, as Llama 2 does it (H. Touvron et al., arXiv:2307.09288). Question and answer take turns.
    /// </summary>
    Llama2,

    /// <summary>
    /// One begin token, then <c>[INST] question [/INST] answer</c> and an end token for each turn, the system's message before the first question, as Mistral does it
    /// (A. Jiang et al., arXiv:2310.06825). Question and answer take turns.
    /// </summary>
    Mistral,

    /// <summary><c>&lt;|role|&gt;</c> on a line, the message and an end token, as Zephyr does it (L. Tunstall et al., arXiv:2310.16944). The roles are plain text.</summary>
    Zephyr,

    /// <summary>
    /// <c>User: question</c> and <c>Assistant: answer</c> with an end token, a line each, the system's message on a line before them: for vocabularies without tokens for chat, such
    /// as GPT-2's.
    /// </summary>
    Plain,
}
