using System.Data.Common;
using FineTuneWorkflows.Server.Data;

namespace FineTuneWorkflows.Server.Schedules;

/// <summary>The server's memory of its Cron triggers: which occurrence came last, what it started, and whether another start waits for that.</summary>
internal sealed class CronOccurrences(ServerDatabase database)
{
    private const string Key = "definition_id = @definition AND activity_id = @activity";

    /// <summary>Takes an occurrence for this server.</summary>
    /// <returns>False where another server on the same database, or this one before a restart, took it or a later one.</returns>
    public async Task<bool> TakeAsync(CronTrigger trigger, DateTimeOffset occurrence, CancellationToken cancellationToken) => await database.ExecuteAsync(
        """
        INSERT INTO finetune_schedules (definition_id, activity_id, occurrence) VALUES (@definition, @activity, @occurrence)
        ON CONFLICT (definition_id, activity_id) DO UPDATE SET occurrence = @occurrence WHERE finetune_schedules.occurrence < @occurrence
        """,
        [("definition", trigger.DefinitionId), ("activity", trigger.ActivityId), ("occurrence", occurrence.Text())], cancellationToken).ConfigureAwait(false) == 1;

    /// <summary>The instance that a trigger started last; null where there is none.</summary>
    public async Task<string?> LastInstanceAsync(CronTrigger trigger, CancellationToken cancellationToken) => (await database.QueryAsync(
        $"SELECT instance_id FROM finetune_schedules WHERE {Key}", [("definition", trigger.DefinitionId), ("activity", trigger.ActivityId)],
        r => r.IsDBNull(0) ? null : r.GetString(0), cancellationToken).ConfigureAwait(false)).SingleOrDefault();

    /// <summary>Keeps what a trigger starts; nothing waits any more.</summary>
    public Task StartsAsync(CronTrigger trigger, string instanceId, CancellationToken cancellationToken) => database.ExecuteAsync(
        $"UPDATE finetune_schedules SET instance_id = @instance, waiting = 0 WHERE {Key}",
        [("definition", trigger.DefinitionId), ("activity", trigger.ActivityId), ("instance", instanceId)], cancellationToken);

    /// <summary>Has a start wait for the last instance.</summary>
    public Task WaitsAsync(CronTrigger trigger, CancellationToken cancellationToken) => database.ExecuteAsync(
        $"UPDATE finetune_schedules SET waiting = 1 WHERE {Key}", [("definition", trigger.DefinitionId), ("activity", trigger.ActivityId)], cancellationToken);

    /// <summary>The starts that wait: definition, trigger, and the instance that they wait for.</summary>
    public Task<List<(string DefinitionId, string ActivityId, string InstanceId)>> WaitingAsync(CancellationToken cancellationToken) => database.QueryAsync(
        "SELECT definition_id, activity_id, instance_id FROM finetune_schedules WHERE waiting = 1 AND instance_id IS NOT NULL", [], Read, cancellationToken);

    /// <summary>Takes a start that waits for this server.</summary>
    public async Task<bool> TakeWaitingAsync(string definitionId, string activityId, string instanceId, CancellationToken cancellationToken) => await database.ExecuteAsync(
        $"UPDATE finetune_schedules SET waiting = 0 WHERE {Key} AND instance_id = @instance AND waiting = 1",
        [("definition", definitionId), ("activity", activityId), ("instance", instanceId)], cancellationToken).ConfigureAwait(false) == 1;

    private static (string DefinitionId, string ActivityId, string InstanceId) Read(DbDataReader reader) => (reader.GetString(0), reader.GetString(1), reader.GetString(2));
}
