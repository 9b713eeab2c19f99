namespace FineTuneWorkflows.Text;

/// <summary>How far a long operation has come. Reported every few thousand rows or every mebibyte, and once at the end.</summary>
/// <param name="Phase">What is being done, such as <c>reading</c> or <c>tokenizing train</c>.</param>
/// <param name="Done">Units done in this phase.</param>
/// <param name="Total">Units there are in this phase, or null where that is not known beforehand.</param>
/// <param name="Unit">What is counted: <c>rows</c> or <c>bytes</c>.</param>
public readonly record struct TextProgress(string Phase, long Done, long? Total, string Unit);
