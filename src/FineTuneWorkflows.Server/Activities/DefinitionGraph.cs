using System.Collections.Concurrent;
using Elsa.Workflows;
using Elsa.Workflows.Activities;
using Elsa.Workflows.Activities.Flowchart.Activities;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Definitions;
using FineTuneWorkflows.Pipelines.Graphs;

namespace FineTuneWorkflows.Server.Activities;

/// <summary>How the stages of a workflow are wired, as the local runner would wire the same definition. Worked out once per version of a definition.</summary>
internal sealed class DefinitionGraph(StageCatalog catalog)
{
    private readonly ConcurrentDictionary<string, IReadOnlyList<StageNode>> known = new(StringComparer.Ordinal);

    /// <summary>The stages, each after those it depends on.</summary>
    /// <exception cref="DefinitionException">The graph is wrong.</exception>
    public IReadOnlyList<StageNode> Of(Workflow workflow) => known.GetOrAdd(workflow.Identity.Id, _ => Wire(workflow));

    /// <summary>What messages call a definition.</summary>
    public static string NameOf(Workflow workflow) => workflow.WorkflowMetadata.Name ?? workflow.Identity.DefinitionId;

    private IReadOnlyList<StageNode> Wire(Workflow workflow)
    {
        var (activities, connections) = workflow.Root switch
        {
            Flowchart flowchart => (flowchart.Activities, flowchart.Connections
                .Where(c => c.Source.Activity is not null && c.Target.Activity is not null)
                .Select(c => new ActivityConnection(c.Source.Activity.Id, c.Source.Port ?? "Done", c.Target.Activity.Id)).ToList()),
            Sequence sequence => (sequence.Activities, sequence.Activities.Zip(sequence.Activities.Skip(1), (a, b) => new ActivityConnection(a.Id, "Done", b.Id)).ToList()),
            var root => ([root], new List<ActivityConnection>()),
        };
        var names = activities.Select(a => a.Name).ToList();
        var definition = new WorkflowDefinition(
            workflow.Identity.DefinitionId, NameOf(workflow), NameOf(workflow), "", [],
            [.. activities.Select(a => new ActivityDefinition(a.Id, Name(a, names), a.Type, new Dictionary<string, SettingExpression>()))],
            connections);
        return PipelineBuilder.Wire(definition, catalog);
    }

    private static string Name(IActivity activity, List<string?> names) =>
        activity.Name is { Length: > 0 } own && names.Count(n => string.Equals(n, own, StringComparison.OrdinalIgnoreCase)) == 1 ? own : activity.Id;
}
