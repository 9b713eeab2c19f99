namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>What happens to a row that does not parse or that has no text or no label.</summary>
public enum BadRowPolicy
{
    /// <summary>Reading stops with an error that names the file and the line.</summary>
    Fail,

    /// <summary>The row is left out and counted in the <see cref="BadRowLog"/>.</summary>
    Skip,
}
