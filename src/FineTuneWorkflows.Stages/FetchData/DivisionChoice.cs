namespace FineTuneWorkflows.Stages.FetchData;

/// <summary>How texts with entities are divided into words.</summary>
public enum DivisionChoice
{
    /// <summary>By script; where words come divided, as they do.</summary>
    Auto,

    /// <summary>By script: at spaces and signs, and into characters where the script writes no spaces.</summary>
    Words,

    /// <summary>Into characters.</summary>
    Characters,
}
