namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>How rows stand in a file. A name that ends in <c>.gz</c> is unpacked while it is read.</summary>
public enum DataFormat
{
    /// <summary>One JSON object a line: <c>.jsonl</c>, <c>.ndjson</c>.</summary>
    Jsonl,

    /// <summary>Comma-separated values after RFC 4180 with a header row: <c>.csv</c>.</summary>
    Csv,

    /// <summary>The same with tabs between the fields: <c>.tsv</c>, <c>.tab</c>.</summary>
    Tsv,

    /// <summary>A word and its tag a line, an empty line after each sentence: <c>.conll</c>, <c>.bio</c>, <c>.iob</c>, <c>.iob2</c>.</summary>
    Conll,

    /// <summary>Plain text without labels: <c>.txt</c>, <c>.text</c>.</summary>
    Text,
}
