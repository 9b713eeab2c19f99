namespace FineTuneWorkflows.Server.Schedules;

/// <summary>A Cron trigger of a published definition.</summary>
/// <param name="DefinitionId">The definition.</param>
/// <param name="DefinitionVersionId">Its version.</param>
/// <param name="ActivityId">The trigger.</param>
/// <param name="Overlap">What it does when it is due while its last instance is at work.</param>
internal sealed record CronTrigger(string DefinitionId, string DefinitionVersionId, string ActivityId, CronOverlap Overlap);
