namespace FineTuneWorkflows.Learning.Training;

/// <summary>How much the examples of a class count in the training loss.</summary>
public enum ClassWeighting
{
    /// <summary>Every example counts the same.</summary>
    None,

    /// <summary>Every class counts the same: examples of a class weigh all examples over classes times its own (King and Zeng 2001, "Logistic regression in rare
    /// events data").</summary>
    Balanced,
}
