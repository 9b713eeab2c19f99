namespace FineTuneWorkflows.Text.Conversations;

/// <summary>How a conversation is written as one text.</summary>
public enum ChatFormat
{
    /// <summary><c>&lt;|im_start|&gt;role</c>, the message and <c>&lt;|im_end|&gt;</c>, as Qwen does it.</summary>
    ChatMl,

    /// <summary><c>&lt;|start_header_id|&gt;role&lt;|end_header_id|&gt;</c>, the message and <c>&lt;|eot_id|&gt;</c>, as Llama 3 does it.</summary>
    Llama3,
}
