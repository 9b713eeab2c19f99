namespace FineTuneWorkflows.Tracking.Export;

/// <summary>What an export wrote.</summary>
/// <param name="Experiments">Experiments.</param>
/// <param name="Runs">Runs.</param>
/// <param name="Metrics">Values of metrics; exact repetitions count once.</param>
/// <param name="Artifacts">Files of artifacts and models.</param>
/// <param name="Versions">Versions of registered models.</param>
/// <param name="Missing">Local files and folders that are gone, so that their artifacts were left out.</param>
public sealed record ExportSummary(int Experiments, int Runs, long Metrics, int Artifacts, int Versions, IReadOnlyList<string> Missing);
