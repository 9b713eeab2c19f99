namespace FineTuneWorkflows.Text.Sources.Hub;

/// <summary>Which of a model's files are wanted.</summary>
public enum HubSelection
{
    /// <summary>Configuration, tokenizer, weights and the model card: all that fine-tuning reads.</summary>
    Model,

    /// <summary>Configuration and tokenizer alone; small, and enough to tokenize or to estimate memory.</summary>
    Tokenizer,
}
