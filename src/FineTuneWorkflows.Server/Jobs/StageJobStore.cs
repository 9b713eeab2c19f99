using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Server.Data;

namespace FineTuneWorkflows.Server.Jobs;

/// <summary>The stage jobs in the server's tables. The queue only says when a job may run; what became of it is kept here.</summary>
internal sealed class StageJobStore(ServerDatabase database, TimeProvider time)
{
    private const string Columns = "request, status, token, crashes, cancel, progress, result";

    /// <summary>Adds a job unless it is there.</summary>
    public Task AddAsync(StageJobRequest request, CancellationToken cancellationToken) => database.ExecuteAsync(
        """
        INSERT INTO finetune_stage_jobs (id, instance_id, activity_instance_id, stage, resource, request, status, created, changed)
        VALUES (@id, @instance, @activity, @stage, @resource, @request, 'queued', @now, @now)
        ON CONFLICT (id) DO NOTHING
        """,
        [
            ("id", request.JobId), ("instance", request.InstanceId), ("activity", request.ActivityInstanceId), ("stage", request.Stage), ("resource", request.Resource),
            ("request", JsonSerializer.Serialize(request, JobJson.Default.StageJobRequest)), ("now", Now),
        ],
        cancellationToken);

    /// <summary>Adds a job that is done already, and whose instance has the result.</summary>
    public Task AddDoneAsync(StageJobRequest request, StageJobResult result, CancellationToken cancellationToken) => database.ExecuteAsync(
        """
        INSERT INTO finetune_stage_jobs (id, instance_id, activity_instance_id, stage, resource, request, status, result, created, changed)
        VALUES (@id, @instance, @activity, @stage, @resource, @request, 'delivered', @result, @now, @now)
        """,
        [
            ("id", request.JobId), ("instance", request.InstanceId), ("activity", request.ActivityInstanceId), ("stage", request.Stage), ("resource", request.Resource),
            ("request", JsonSerializer.Serialize(request, JobJson.Default.StageJobRequest)), ("result", JsonSerializer.Serialize(result, JobJson.Default.StageJobResult)), ("now", Now),
        ],
        cancellationToken);

    public async Task<StageJob?> FindAsync(string id, CancellationToken cancellationToken) =>
        (await database.QueryAsync($"SELECT {Columns} FROM finetune_stage_jobs WHERE id = @id", [("id", id)], Read, cancellationToken).ConfigureAwait(false)).SingleOrDefault();

    /// <summary>Jobs in any of the given states, oldest first.</summary>
    public Task<List<StageJob>> InStatusAsync(string status, CancellationToken cancellationToken) =>
        database.QueryAsync($"SELECT {Columns} FROM finetune_stage_jobs WHERE status = @status ORDER BY created", [("status", status)], Read, cancellationToken);

    /// <summary>The jobs of an instance, oldest first.</summary>
    public Task<List<StageJob>> OfInstanceAsync(string instanceId, CancellationToken cancellationToken) =>
        database.QueryAsync($"SELECT {Columns} FROM finetune_stage_jobs WHERE instance_id = @instance ORDER BY created", [("instance", instanceId)], Read, cancellationToken);

    /// <summary>Gives a job to a worker: its token shuts out every worker that had it before. Null where it is done with.</summary>
    public async Task<StageJob?> ClaimAsync(string id, CancellationToken cancellationToken) =>
        (await database.QueryAsync(
            $"""
            UPDATE finetune_stage_jobs SET crashes = crashes + CASE WHEN status = 'running' THEN 1 ELSE 0 END, token = token + 1, status = 'running', changed = @now
            WHERE id = @id AND status IN ('queued', 'running')
            RETURNING {Columns}
            """,
            [("id", id), ("now", Now)], Read, cancellationToken).ConfigureAwait(false)).SingleOrDefault();

    /// <summary>Puts a job back that a worker gives up because the server stops.</summary>
    public Task ReleaseAsync(string id, long token, CancellationToken cancellationToken) => database.ExecuteAsync(
        "UPDATE finetune_stage_jobs SET status = 'queued', changed = @now WHERE id = @id AND token = @token AND status = 'running'",
        [("id", id), ("token", token), ("now", Now)], cancellationToken);

    /// <summary>Keeps a result.</summary>
    /// <returns>False where another worker took the job over meanwhile.</returns>
    public async Task<bool> FinishAsync(string id, long token, StageJobResult result, CancellationToken cancellationToken) => await database.ExecuteAsync(
        "UPDATE finetune_stage_jobs SET status = 'finished', result = @result, progress = NULL, changed = @now WHERE id = @id AND token = @token AND status = 'running'",
        [("id", id), ("token", token), ("result", JsonSerializer.Serialize(result, JobJson.Default.StageJobResult)), ("now", Now)], cancellationToken).ConfigureAwait(false) == 1;

    /// <summary>The instance has the result, or there is nobody to have it.</summary>
    public Task DeliveredAsync(string id, string status, CancellationToken cancellationToken) => database.ExecuteAsync(
        "UPDATE finetune_stage_jobs SET status = @status, changed = @now WHERE id = @id AND status = 'finished'",
        [("id", id), ("status", status), ("now", Now)], cancellationToken);

    public Task ReportAsync(string id, long token, string progress, CancellationToken cancellationToken) => database.ExecuteAsync(
        "UPDATE finetune_stage_jobs SET progress = @progress, changed = @now WHERE id = @id AND token = @token AND status = 'running'",
        [("id", id), ("token", token), ("progress", progress), ("now", Now)], cancellationToken);

    /// <summary>Marks the jobs of a cancelled instance: those that wait are dropped, those that run are to stop.</summary>
    /// <returns>The ids of those that run.</returns>
    public async Task<List<string>> CancelAsync(string instanceId, CancellationToken cancellationToken)
    {
        await database.ExecuteAsync(
            "UPDATE finetune_stage_jobs SET cancel = 1, status = CASE WHEN status = 'queued' THEN 'dropped' ELSE status END, changed = @now WHERE instance_id = @instance AND status IN ('queued', 'running')",
            [("instance", instanceId), ("now", Now)], cancellationToken).ConfigureAwait(false);
        return await database.QueryAsync(
            "SELECT id FROM finetune_stage_jobs WHERE instance_id = @instance AND status = 'running'", [("instance", instanceId)], reader => reader.GetString(0), cancellationToken).ConfigureAwait(false);
    }

    public async Task<bool> IsCancelledAsync(string id, CancellationToken cancellationToken) =>
        (await database.QueryAsync("SELECT cancel FROM finetune_stage_jobs WHERE id = @id", [("id", id)], reader => Whole(reader, 0), cancellationToken).ConfigureAwait(false)).SingleOrDefault() == 1;

    /// <summary>Throws where a worker's turn is over.</summary>
    /// <exception cref="StageException">Another worker took the job over, or its instance was cancelled.</exception>
    public void Fence(string id, long token)
    {
        var inForce = database.Query(
            "SELECT 1 FROM finetune_stage_jobs WHERE id = @id AND token = @token AND status = 'running' AND cancel = 0", [("id", id), ("token", token)], reader => Whole(reader, 0)).Count == 1;
        if (!inForce)
            throw new StageException("this attempt's turn is over: another worker has taken the stage over, or its run was cancelled; nothing of it was kept");
    }

    private string Now => time.GetUtcNow().Text();

    private static long Whole(DbDataReader reader, int column) => Convert.ToInt64(reader.GetValue(column), CultureInfo.InvariantCulture);

    private static string? Text(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static StageJob Read(DbDataReader reader) => new(
        JsonSerializer.Deserialize(reader.GetString(0), JobJson.Default.StageJobRequest)!,
        reader.GetString(1), Whole(reader, 2), (int)Whole(reader, 3), Whole(reader, 4) == 1, Text(reader, 5),
        Text(reader, 6) is { } result ? JsonSerializer.Deserialize(result, JobJson.Default.StageJobResult) : null);
}
