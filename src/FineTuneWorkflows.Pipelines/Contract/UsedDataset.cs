namespace FineTuneWorkflows.Pipelines.Contract;

/// <summary>A data set that a stage used.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Digest">The digest of its content.</param>
/// <param name="Source">Where it came from, without credentials.</param>
/// <param name="Context"><c>training</c>, <c>validation</c> or <c>testing</c>.</param>
public sealed record UsedDataset(string Name, string Digest, string Source, string Context);
