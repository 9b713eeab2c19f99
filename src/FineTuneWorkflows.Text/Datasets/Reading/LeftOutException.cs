namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>A row asks to be left out: it is well-formed, but says itself that it is not to be learned from.</summary>
internal sealed class LeftOutException() : Exception("the row is not to be learned from");
