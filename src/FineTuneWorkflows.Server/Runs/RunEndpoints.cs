using Elsa.Workflows.Management;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Server.Jobs;
using FineTuneWorkflows.Server.Security.Keys;

namespace FineTuneWorkflows.Server.Runs;

/// <summary>The API beside Elsa's own: how an instance's stages stand, retry and cancel.</summary>
internal static class RunEndpoints
{
    /// <summary>Where an instance's state can be asked for.</summary>
    public static string AddressOf(string instanceId) => $"/api/runs/{instanceId}";

    public static void MapRuns(this IEndpointRouteBuilder app)
    {
        var runs = app.MapGroup("/api/runs");
        runs.MapGet("/{id}", StatusAsync).RequirePermission(Permissions.ReadRuns);
        runs.MapPost("/{id}/retry", async (string id, RunCommands commands, CancellationToken cancellationToken) =>
            await commands.RetryAsync(id, cancellationToken).ConfigureAwait(false) switch
            {
                null => NotFound(id),
                { Count: 0 } => Results.Conflict(new { error = $"instance {id} has no failed stage to retry" }),
                var stages => Results.Accepted(AddressOf(id), new { instanceId = id, stages }),
            }).RequirePermission(Permissions.Start);
        runs.MapPost("/{id}/cancel", async (string id, RunCommands commands, CancellationToken cancellationToken) =>
            await commands.CancelAsync(id, cancellationToken).ConfigureAwait(false) ? Results.Accepted(AddressOf(id), new { instanceId = id }) : NotFound(id))
            .RequirePermission(Permissions.Cancel);
    }

    private static async Task<IResult> StatusAsync(string id, IWorkflowInstanceStore instances, StageJobStore jobs, RunTracking tracking, CancellationToken cancellationToken)
    {
        if (await instances.FindAsync(new() { Id = id }, cancellationToken).ConfigureAwait(false) is not { } instance)
            return NotFound(id);
        var stages = await jobs.OfInstanceAsync(id, cancellationToken).ConfigureAwait(false);
        return Results.Json(new
        {
            instanceId = id,
            definitionId = instance.DefinitionId,
            version = instance.Version,
            status = instance.Status.ToString(),
            subStatus = instance.SubStatus.ToString(),
            runId = stages.FirstOrDefault()?.Request.RunId,
            mlflow = stages.Count > 0 ? tracking.PageOf(stages[0].Request.RunId) : null,
            incidents = instance.WorkflowState.Incidents.Select(i => new { stage = i.ActivityId, message = i.Message }),
            stages = stages.Select(j => new
            {
                id = j.Request.Stage,
                type = j.Request.StageType,
                status = j.Status,
                progress = j.Progress,
                attempts = j.Token,
                outcome = j.Result?.Outcome.Name(),
                reason = j.Result?.Reason,
                seconds = j.Result?.Seconds,
                fingerprint = j.Result?.Fingerprint,
                artifacts = j.Result?.Artifacts,
                metrics = j.Result?.Metrics.Where(m => double.IsFinite(m.Value)).ToDictionary(m => m.Key, m => m.Value),
            }),
        });
    }

    private static IResult NotFound(string id) => Results.NotFound(new { error = $"there is no workflow instance {id}" });
}
