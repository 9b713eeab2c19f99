namespace FineTuneWorkflows.Learning.Models.Folders;

/// <summary>What of a folder's head is taken.</summary>
internal enum HeadReuse
{
    /// <summary>All of it; it must be there.</summary>
    All,

    /// <summary>All that is there; the classes are the same, so the rows for them must be.</summary>
    Same,

    /// <summary>What does not depend on the classes, where it is there.</summary>
    Body,
}
