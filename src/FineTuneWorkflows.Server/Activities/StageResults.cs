using System.Text.Json;
using Elsa.Workflows;
using FineTuneWorkflows.Server.Jobs;

namespace FineTuneWorkflows.Server.Activities;

/// <summary>The results of an instance's stages, kept in the instance itself: they are saved with it, and read by the stages below.</summary>
internal static class StageResults
{
    private const string Prefix = "FineTuneWorkflows.Stage.";

    public static void Keep(ActivityExecutionContext context, StageJobResult result) =>
        context.WorkflowExecutionContext.Properties[Prefix + context.Activity.Id] = JsonSerializer.Serialize(result, JobJson.Default.StageJobResult);

    public static StageJobResult? Of(WorkflowExecutionContext workflow, string activityId) =>
        Of(workflow.Properties, activityId);

    public static StageJobResult? Of(IDictionary<string, object> properties, string activityId) =>
        properties.TryGetValue(Prefix + activityId, out var value) && value?.ToString() is { Length: > 0 } json ? JsonSerializer.Deserialize(json, JobJson.Default.StageJobResult) : null;
}
