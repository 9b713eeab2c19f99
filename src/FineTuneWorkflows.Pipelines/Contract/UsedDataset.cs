namespace FineTuneWorkflows.Pipelines.Contract;

/// <summary>A data set that a stage used.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Digest">The digest of its content.</param>
/// <param name="Source">Where it came from, without credentials.</param>
/// <param name="Context"><c>training</c>, <c>validation</c> or <c>testing</c>.</param>
/// <param name="Location">The whole path or address of what it came from, without credentials, where it can be read again; null where it cannot, or in journals of earlier versions.</param>
/// <param name="Rows">How many examples it has; null where that is not known.</param>
/// <param name="Columns">The types of its columns by name, as JSON has them: string, double, boolean, array, object; null where they are not known.</param>
public sealed record UsedDataset(
    string Name, string Digest, string Source, string Context, string? Location = null, long? Rows = null, IReadOnlyDictionary<string, string>? Columns = null);
