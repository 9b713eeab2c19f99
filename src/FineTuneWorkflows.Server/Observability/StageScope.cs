using FineTuneWorkflows.Server.Jobs;
using Serilog.Context;
using Serilog.Core.Enrichers;

namespace FineTuneWorkflows.Server.Observability;

/// <summary>Has the log lines that are written meanwhile end with the ids of workflow, instance and stage.</summary>
internal static class StageScope
{
    public static IDisposable Enter(StageJobRequest request) => LogContext.Push(
        new PropertyEnricher("WorkflowInstance", request.InstanceId), new PropertyEnricher("Workflow", request.DefinitionId), new PropertyEnricher("Stage", request.Stage));
}
