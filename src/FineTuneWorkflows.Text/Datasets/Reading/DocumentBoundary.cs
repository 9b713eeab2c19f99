namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>What a document is in a plain text file.</summary>
public enum DocumentBoundary
{
    /// <summary>Each line is a document; empty lines are passed over.</summary>
    Line,

    /// <summary>Empty lines divide documents, which keep their line breaks.</summary>
    EmptyLine,

    /// <summary>Each file is one document.</summary>
    File,
}
