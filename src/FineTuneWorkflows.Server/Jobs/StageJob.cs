namespace FineTuneWorkflows.Server.Jobs;

/// <summary>A stage job as the tables hold it.</summary>
/// <param name="Request">What to execute.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Token">Counts the workers that took it; only the last of them may commit.</param>
/// <param name="Crashes">How often its worker died.</param>
/// <param name="IsCancelled">Whether its instance was cancelled.</param>
/// <param name="Progress">How far it is, in words, or null.</param>
/// <param name="Result">What came of it, or null.</param>
internal sealed record StageJob(StageJobRequest Request, string Status, long Token, int Crashes, bool IsCancelled, string? Progress, StageJobResult? Result);
