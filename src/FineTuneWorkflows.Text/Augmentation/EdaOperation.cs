namespace FineTuneWorkflows.Text.Augmentation;

/// <summary>The four operations of easy data augmentation.</summary>
public enum EdaOperation
{
    /// <summary>Words that are no stop words are replaced by synonyms.</summary>
    SynonymReplacement,

    /// <summary>Synonyms of words that are no stop words are inserted.</summary>
    RandomInsertion,

    /// <summary>Words change places.</summary>
    RandomSwap,

    /// <summary>Words are removed.</summary>
    RandomDeletion,
}
