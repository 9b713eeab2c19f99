namespace FineTuneWorkflows.Text.TokenFiles;

/// <summary>How to tokenize a dataset.</summary>
public sealed record TokenizeOptions
{
    /// <summary>The most tokens a row keeps, [CLS] and [SEP] included; 2 or more. Default 128.</summary>
    public int MaxLength { get; init; } = 128;

    /// <summary>How many threads tokenize. Has no influence on the result. Default: as many as the machine has processors.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}
