namespace FineTuneWorkflows.Text.TokenFiles;

/// <summary>A bar of a histogram of lengths.</summary>
/// <param name="UpTo">The greatest length that is counted here; the smallest is one more than the bucket before goes up to.</param>
/// <param name="Count">How many rows.</param>
public sealed record LengthBucket(int UpTo, long Count);
