namespace FineTuneWorkflows.Learning.Data;

/// <summary>What a task asks the data for besides tokens.</summary>
internal enum LabelKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A class for each sequence.</summary>
    Class,

    /// <summary>Multi-label classification: several classes for a sequence, or none.</summary>
    Classes,

    /// <summary>A class for each token.</summary>
    Tokens,

    /// <summary>Which tokens count, where the data says so.</summary>
    NextTokens,
}
