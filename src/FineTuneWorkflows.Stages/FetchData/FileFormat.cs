namespace FineTuneWorkflows.Stages.FetchData;

/// <summary>The format of a data file.</summary>
public enum FileFormat
{
    /// <summary>By the file's extension.</summary>
    Auto,

    /// <summary>One JSON object a line.</summary>
    Jsonl,

    /// <summary>Comma-separated, with a header.</summary>
    Csv,

    /// <summary>Tab-separated, with a header.</summary>
    Tsv,

    /// <summary>A word and its tag a line.</summary>
    Conll,

    /// <summary>Plain text.</summary>
    Text,
}
