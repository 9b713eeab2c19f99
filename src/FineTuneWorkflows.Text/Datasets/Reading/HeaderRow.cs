namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>Whether a table begins with the names of its columns.</summary>
public enum HeaderRow
{
    /// <summary>It does, unless columns are asked for by number and the first row has values as the others have them.</summary>
    Auto,

    /// <summary>It does.</summary>
    Yes,

    /// <summary>It does not: columns are named by their numbers, from 1.</summary>
    No,
}
