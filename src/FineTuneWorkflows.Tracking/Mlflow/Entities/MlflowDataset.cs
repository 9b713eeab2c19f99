namespace FineTuneWorkflows.Tracking.Mlflow.Entities;

/// <summary>A data set.</summary>
/// <param name="Name">At most 500 characters.</param>
/// <param name="Digest">At most 36 characters: shorter than a SHA-256 in hexadecimal.</param>
/// <param name="SourceType"><c>local</c>, <c>http</c>, <c>s3</c>, <c>code</c>, ...</param>
/// <param name="Source">Where it came from, usually as JSON; at most 65535 characters.</param>
/// <param name="Schema">Its columns, as JSON.</param>
/// <param name="Profile">Counts and the like, as JSON.</param>
public sealed record MlflowDataset(string Name, string Digest, string SourceType, string Source, string? Schema = null, string? Profile = null);
