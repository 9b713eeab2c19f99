using System.ComponentModel;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Runtime;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Server.Jobs;
using FineTuneWorkflows.Server.Runs;

namespace FineTuneWorkflows.Server.Activities;

/// <summary>
/// A stage in a workflow; one class for all of them, told apart by <see cref="IActivity.Type"/>. One that is up to date is done at once. Else it never works on the workflow's own burst: it makes a
/// bookmark, and once that is saved puts a job into the durable queue. The workflow sleeps until the worker resumes the bookmark. A failure comes back the same way, and becomes an incident.
/// </summary>
[Browsable(false)]
public sealed class StageActivity : Activity
{
    /// <summary>The name of the bookmarks that stages wait on.</summary>
    public const string BookmarkName = "FineTuneWorkflows.Stage";

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        // Two retries at once must not start two jobs.
        if (context.Bookmarks.Any(b => b.Name == BookmarkName))
            return;
        RetireOlderFaults(context);

        var (request, stage, skipped) = await context.GetRequiredService<StageLauncher>().PrepareAsync(context).ConfigureAwait(false);
        if (request is null)
        {
            await CompleteAsync(context, skipped!).ConfigureAwait(false);
            return;
        }

        if (await context.GetRequiredService<StageReuse>().TryAsync(request, stage!, context.CancellationToken).ConfigureAwait(false) is { } known)
        {
            await CompleteAsync(context, known).ConfigureAwait(false);
            return;
        }

        var queue = context.GetRequiredService<StageQueue>();
        context.AddExecutionLogEntry("Stage queued", $"{request.Stage} waits for a worker", payload: new Dictionary<string, object> { ["job"] = request.JobId, ["run"] = request.RunId });
        request = request with { JournalNumber = context.WorkflowExecutionContext.ExecutionLogSequence };
        context.CreateBookmark(new()
        {
            BookmarkId = request.JobId,
            BookmarkName = BookmarkName,
            Stimulus = new StageStimulus(System.Text.Json.JsonSerializer.Serialize(request, JobJson.Default.StageJobRequest)),
            Callback = OnFinishedAsync,
            AutoComplete = false,
            IncludeActivityInstanceId = true,
        });
        // The worker's entries go in here: the journal is shown by number, not by time.
        context.WorkflowExecutionContext.ExecutionLogSequence = request.JournalNumber + StageJobRequest.JournalNumbers;
        // Runs when the instance and its bookmark are saved; should the process die before, the start-up reconciliation does it.
        context.DeferTask(async () => await queue.EnqueueAsync(request, CancellationToken.None).ConfigureAwait(false));
    }

    private static async ValueTask OnFinishedAsync(ActivityExecutionContext context)
    {
        var jobId = context.WorkflowExecutionContext.ResumedBookmarkContext?.Bookmark.Id ?? throw new InvalidOperationException("A stage was resumed without its bookmark.");
        var job = await context.GetRequiredService<StageJobStore>().FindAsync(jobId, context.CancellationToken).ConfigureAwait(false);
        var result = job?.Result ?? throw new InvalidOperationException($"The stage job {jobId} has no result.");
        if (GraphWalk.Stops(result.Outcome, result.ContinueOnError))
        {
            context.AddExecutionLogEntry("Stage failed", result.Reason, payload: Payload(context, result));
            context.ClearBookmarks();
            context.WorkflowExecutionContext.ExecuteDelegate = null;
            throw new StageFailedException(job.Request.Stage, result.Reason);
        }

        // Only where the server died between stopping the stage and saving the instance as cancelled.
        if (result.Outcome is StageOutcome.Cancelled)
        {
            context.WorkflowExecutionContext.Cancel();
            return;
        }

        await CompleteAsync(context, result).ConfigureAwait(false);
    }

    private static async ValueTask CompleteAsync(ActivityExecutionContext context, StageJobResult result)
    {
        StageResults.Keep(context, result);
        StageOutputs.Set(context, result);
        context.AddExecutionLogEntry($"Stage {result.Outcome.Name()}", result.Reason, payload: Payload(context, result));
        // Earlier failures of this stage are history now, not incidents.
        var ids = context.WorkflowExecutionContext.ActivityExecutionContexts.Where(c => c.Activity == context.Activity).Select(c => c.Activity.Id).ToHashSet();
        foreach (var incident in context.WorkflowExecutionContext.Incidents.Where(i => ids.Contains(i.ActivityId)).ToList())
            context.WorkflowExecutionContext.Incidents.Remove(incident);
        await context.CompleteActivityAsync().ConfigureAwait(false);
    }

    // Some ways to retry make a new execution of the activity; the old one, left faulted, would keep the flowchart from ever finishing.
    private static void RetireOlderFaults(ActivityExecutionContext context)
    {
        if (context.Status == ActivityStatus.Faulted || context.AggregateFaultCount > 0)
            context.RecoverFromFault();
        foreach (var older in context.WorkflowExecutionContext.ActivityExecutionContexts.Where(c => c != context && c.Activity == context.Activity && c.Status == ActivityStatus.Faulted).ToList())
        {
            older.RecoverFromFault();
            older.TransitionTo(ActivityStatus.Canceled);
        }
    }

    private static Dictionary<string, object> Payload(ActivityExecutionContext context, StageJobResult result)
    {
        // What a reader looks for comes first: the designer shows the entries in this order.
        var payload = new Dictionary<string, object> { ["outcome"] = result.Outcome.Name(), ["reason"] = result.Reason, ["seconds"] = result.Seconds };
        foreach (var (key, value) in result.Metrics)
            payload[$"metric {key}"] = double.IsFinite(value) ? value : value.ToString(System.Globalization.CultureInfo.InvariantCulture);
        foreach (var (name, digest) in result.Artifacts)
            payload[$"artifact {name}"] = digest;
        if (context.GetRequiredService<RunTracking>().PageOf(StageLauncher.RunId(context.WorkflowExecutionContext)) is { } page)
            payload["mlflow"] = page.AbsoluteUri;
        if (result.Fingerprint is { } fingerprint)
            payload["fingerprint"] = fingerprint;
        if (result.MadeByRun is { } run)
            payload["madeByRun"] = run;
        foreach (var (key, value) in result.Tags)
            payload[$"tag {key}"] = value;
        return payload;
    }
}
