namespace FineTuneWorkflows.Stages.Tokenize;

/// <summary>How conversations are written.</summary>
public enum ConversationFormat
{
    /// <summary>By the tokenizer's own chat template; where it has none, as its vocabulary shows.</summary>
    Auto,

    /// <summary>ChatML, as Qwen does it.</summary>
    ChatMl,

    /// <summary>As Llama 3 does it.</summary>
    Llama3,

    /// <summary>As Llama 2 does it.</summary>
    Llama2,

    /// <summary>As Mistral does it.</summary>
    Mistral,

    /// <summary>As Zephyr does it.</summary>
    Zephyr,

    /// <summary>"User:" and "Assistant:", for vocabularies without tokens for chat, such as GPT-2's.</summary>
    Plain,
}
