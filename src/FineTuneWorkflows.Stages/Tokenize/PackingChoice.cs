namespace FineTuneWorkflows.Stages.Tokenize;

/// <summary>Whether texts are joined to rows of the maximum length.</summary>
public enum PackingChoice
{
    /// <summary>Plain text is, conversations are not.</summary>
    Auto,

    /// <summary>Plain text and conversations are.</summary>
    On,

    /// <summary>Nothing is; what is too long is cut off.</summary>
    Off,
}
