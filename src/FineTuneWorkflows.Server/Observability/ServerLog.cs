namespace FineTuneWorkflows.Server.Observability;

/// <summary>What the server logs.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Stage {StageName} starts, run {RunId}, attempt {Token}")]
    public static partial void StageStarting(this ILogger logger, string stageName, string runId, long token);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stage {StageName} {Outcome}: {Reason} ({Seconds} s)")]
    public static partial void StageFinished(this ILogger logger, string stageName, string outcome, string reason, double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stage {StageName} is up to date, but the run's journal could not be written: {Problem}; it goes through the queue")]
    public static partial void StageReuseFailed(this ILogger logger, string stageName, string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stage {StageName} stops with the server; it goes on at the next start")]
    public static partial void StageReleased(this ILogger logger, string stageName);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stage {StageName}: another worker has taken it over; this attempt's result is dropped")]
    public static partial void StageFenced(this ILogger logger, string stageName);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The result of job {JobId} could not be told to its workflow instance; it will be tried again")]
    public static partial void DeliveryFailed(this ILogger logger, string jobId, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "An entry of an instance's journal could not be written; the run's own journal has it")]
    public static partial void JournalEntryLost(this ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Reconciled: {Queued} stages queued that a crash had left out, {Restarted} interrupted workflow instances go on")]
    public static partial void Reconciled(this ILogger logger, int queued, int restarted);

    [LoggerMessage(Level = LogLevel.Error, Message = "The interrupted workflow instance {InstanceId} could not be restarted")]
    public static partial void RestartFailed(this ILogger logger, string instanceId, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Definition {DefinitionId} version {Version} published from {File}")]
    public static partial void DefinitionPublished(this ILogger logger, string definitionId, int version, string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} changed, but definition {DefinitionId} was edited in the designer (version {Version}), which stays; see {Address} for the difference")]
    public static partial void DefinitionDiffers(this ILogger logger, string file, string definitionId, int version, string address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} {What}: definition {DefinitionId} is unpublished, nothing starts it any more; its instances go on")]
    public static partial void DefinitionRetracted(this ILogger logger, string file, string what, string definitionId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} {What}, but definition {DefinitionId} was edited in the designer (version {Version}), which stays; unpublish it there")]
    public static partial void DefinitionStays(this ILogger logger, string file, string what, string definitionId, int version);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The workflows folder {Folder} is not there; definitions that came from it stay as they are")]
    public static partial void WorkflowsFolderMissing(this ILogger logger, string folder);

    [LoggerMessage(Level = LogLevel.Warning, Message = "All {Count} files that definitions came from are gone from the workflows folder {Folder} at once, as with a volume that is not mounted; their definitions stay published. Unpublish in the designer those that shall not start any more")]
    public static partial void AllDefinitionsGone(this ILogger logger, int count, string folder);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Definition {DefinitionId}: the trigger {ActivityId} is due while instance {InstanceId} that it started is at work; it {What} (Overlap)")]
    public static partial void CronOverlaps(this ILogger logger, string definitionId, string activityId, string instanceId, string what);

    [LoggerMessage(Level = LogLevel.Error, Message = "Definition {DefinitionId}: the trigger {ActivityId} is not scheduled: {Problem}")]
    public static partial void CronRefused(this ILogger logger, string definitionId, string activityId, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What waits for an instance that a Cron trigger started could not be started; it will be tried again")]
    public static partial void CronWaitFailed(this ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "{File} was not loaded: {Problem}")]
    public static partial void DefinitionRefused(this ILogger logger, string file, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tracking: {Problem}; the runs' journals are kept, and it is tried again")]
    public static partial void TrackingFailed(this ILogger logger, string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Account} logged in from {Address}")]
    public static partial void LoggedIn(this ILogger logger, string account, System.Net.IPAddress? address);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Account} logged out; all sessions are over")]
    public static partial void LoggedOut(this ILogger logger, string account);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Log-in of {Account} from {Address} refused: wrong user name or password")]
    public static partial void LoginRefused(this ILogger logger, string account, System.Net.IPAddress? address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Log-in of {Account} from {Address} not checked: too many have failed")]
    public static partial void LoginBounded(this ILogger logger, string account, System.Net.IPAddress? address);

    [LoggerMessage(Level = LogLevel.Information, Message = "API key {KeyId} ({KeyName}) made, scope {Scope}")]
    public static partial void KeyMade(this ILogger logger, string keyId, string keyName, string scope);

    [LoggerMessage(Level = LogLevel.Information, Message = "API key {KeyId} revoked")]
    public static partial void KeyRevoked(this ILogger logger, string keyId);
}
