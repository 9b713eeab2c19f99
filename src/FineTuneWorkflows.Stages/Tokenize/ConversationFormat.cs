namespace FineTuneWorkflows.Stages.Tokenize;

/// <summary>How conversations are written.</summary>
public enum ConversationFormat
{
    /// <summary>As the tokenizer's vocabulary shows.</summary>
    Auto,

    /// <summary>ChatML, as Qwen does it.</summary>
    ChatMl,

    /// <summary>As Llama 3 does it.</summary>
    Llama3,

    /// <summary>As Llama 2 does it.</summary>
    Llama2,
}
