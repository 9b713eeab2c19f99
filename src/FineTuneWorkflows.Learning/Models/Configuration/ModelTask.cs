namespace FineTuneWorkflows.Learning.Models.Configuration;

/// <summary>What a model's head does.</summary>
public enum ModelTask
{
    /// <summary>No head: hidden states only.</summary>
    None,

    /// <summary>One or several classes for a whole sequence.</summary>
    SequenceClassification,

    /// <summary>A class for each token.</summary>
    TokenClassification,

    /// <summary>The token behind a mask (Devlin et al. 2018, arXiv:1810.04805).</summary>
    MaskedLanguageModeling,

    /// <summary>The next token.</summary>
    CausalLanguageModeling,
}
