namespace FineTuneWorkflows.Text.TokenFiles;

/// <summary>What a token file has beside tokens.</summary>
[Flags]
internal enum TokenFileParts
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A label for each row.</summary>
    Labels = 1,

    /// <summary>Where each row's second text begins.</summary>
    SecondStarts = 2,

    /// <summary>Each row's classes.</summary>
    Classes = 4,

    /// <summary>The labels of tokens are token ids, not classes.</summary>
    LabelsAreIds = 8,

    /// <summary>Where each row's third text begins.</summary>
    ThirdStarts = 16,

    /// <summary>A score for each row.</summary>
    Scores = 32,

    /// <summary>All of them.</summary>
    All = Labels | SecondStarts | Classes | LabelsAreIds | ThirdStarts | Scores,
}
