namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>What a quote at the beginning of a field of a table means.</summary>
public enum Quoting
{
    /// <summary>RFC 4180 where fields are separated by commas or semicolons; in tab-separated files what their first lines show.</summary>
    Auto,

    /// <summary>The field goes on to the closing quote, over separators and line breaks; a doubled quote is one (RFC 4180).</summary>
    Rfc4180,

    /// <summary>Nothing: quotes are part of the text, and a row is a line.</summary>
    None,
}
