namespace FineTuneWorkflows.Learning.Models;

/// <summary>What vector of a sequence its classifier sees.</summary>
public enum SequencePooling
{
    /// <summary>The first token's, as transformers has it.</summary>
    FirstToken,

    /// <summary>The mean of all tokens'. transformers' classes of these families do not know it: such a model is saved with classes of its own, which transformers loads with
    /// <c>trust_remote_code=True</c>, and refuses to be loaded otherwise.</summary>
    Mean,
}
