using Serilog.Core;
using Serilog.Events;

namespace FineTuneWorkflows.Server.Observability;

/// <summary>Joins the ids of workflow, instance and stage into one short text at a line's end; without them it is empty.</summary>
internal sealed class ScopeEnricher : ILogEventEnricher
{
    private static readonly string[] Names = ["Workflow", "WorkflowInstance", "Stage"];

    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        var ids = Names.Select(name => logEvent.Properties.GetValueOrDefault(name) is ScalarValue { Value: string id } ? id : null).OfType<string>().ToList();
        logEvent.AddPropertyIfAbsent(propertyFactory.CreateProperty("Scope", ids.Count == 0 ? "" : $"[{string.Join(' ', ids)}]"));
    }
}
