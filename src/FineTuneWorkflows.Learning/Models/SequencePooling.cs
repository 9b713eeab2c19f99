namespace FineTuneWorkflows.Learning.Models;

/// <summary>What vector of a sequence its classifier sees.</summary>
public enum SequencePooling
{
    /// <summary>The first token's, as transformers has it.</summary>
    FirstToken,

    /// <summary>The mean of all tokens'. Saved as <c>classifier_pooling</c>, which transformers' classes of these families do not read: there, such a model
    /// gives other numbers.</summary>
    Mean,
}
