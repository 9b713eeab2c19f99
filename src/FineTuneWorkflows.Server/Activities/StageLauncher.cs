using System.Globalization;
using System.Text.Json;
using Elsa.Extensions;
using Elsa.Workflows;
using FineTuneWorkflows.Foundation.Digests;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Server.Hosting;
using FineTuneWorkflows.Server.Jobs;

namespace FineTuneWorkflows.Server.Activities;

/// <summary>Makes the job of a stage activity: evaluates and checks its parameters, finds the artifacts that the stages above made.</summary>
internal sealed class StageLauncher(StageCatalog catalog, DefinitionGraph graph, Engine engine, ServerOptions options, IIdentityGenerator ids)
{
    /// <returns>The job with its stage; or, where the stage does not run, what to complete the activity with.</returns>
    /// <exception cref="Exception">The definition or a parameter is wrong; the message says what would be right.</exception>
    public async Task<(StageJobRequest? Request, Stage? Stage, StageJobResult? Skipped)> PrepareAsync(ActivityExecutionContext context)
    {
        var workflow = context.WorkflowExecutionContext;
        GivenProperties.Apply(context);
        var descriptor = catalog.Find(context.Activity.Type) ?? throw new StageException($"there is no stage type {context.Activity.Type}");
        var stages = graph.Of(workflow.Workflow);
        var node = stages.FirstOrDefault(s => s.Id == context.Activity.Id)
            ?? throw new StageException($"the stage {context.Activity.Name ?? context.Activity.Id} lies inside another activity; stages belong directly into the workflow's flowchart");

        var values = await ParameterEvaluator.EvaluateAsync(context, descriptor).ConfigureAwait(false);
        var stage = StageBinding.Bind(descriptor, values, DefinitionGraph.NameOf(workflow.Workflow), node.Name);
        var step = Walked(workflow, stages).Next(node, stage.Condition);
        if (step.SkipReason is { } reason)
            return (null, null, StageJobResult.Without(StageOutcome.Skipped, reason, stage.Condition, stage.ContinueOnError));

        return (
            new(
                ids.GenerateId(), RunId(workflow), workflow.Id, workflow.Workflow.Identity.DefinitionId, DefinitionGraph.NameOf(workflow.Workflow), context.Id, context.Activity.Id, node.Name,
                descriptor.Type, stage.Resource == StageResource.Gpu ? StageQueue.Gpu : stage.IsLong ? StageQueue.Cpu : StageQueue.Short, options.WorkflowsFolder, Parameters(descriptor, stage),
                step.Inputs.ToDictionary(i => i.Key, i => i.Value.Digest), Properties(context))
            {
                Journal = new(workflow.Workflow.Identity.Id, workflow.Workflow.Identity.Version, context.ParentActivityExecutionContext?.Id, context.NodeId),
                Turn = StageTurn.Of(RunPriorities.Of(context), hasBegun: stages.Any(s => StageResults.Of(workflow, s.Id) is { Outcome: not StageOutcome.Skipped }), workflow.CreatedAt),
            },
            stage,
            null);
    }

    /// <summary>The run id of an instance: begins with its time of creation, as all run ids do.</summary>
    public static string RunId(DateTimeOffset created, string instanceId) =>
        created.UtcDateTime.ToString("yyyyMMdd-HHmmssfff", CultureInfo.InvariantCulture) + "-" + ContentDigest.Of(instanceId)[..4];

    /// <summary>The run id of an instance in its burst.</summary>
    public static string RunId(WorkflowExecutionContext workflow) => RunId(workflow.CreatedAt, workflow.Id);

    private GraphWalk Walked(WorkflowExecutionContext workflow, IReadOnlyList<StageNode> stages)
    {
        var walk = new GraphWalk();
        foreach (var stage in stages)
        {
            // A stage in a branch that was not taken is passed by, as one whose condition is false.
            var result = StageResults.Of(workflow, stage.Id) ?? StageJobResult.Without(StageOutcome.Skipped, "its branch was not taken", condition: false, continueOnError: false);
            walk.Settle(stage, result.Condition, result.ContinueOnError, new(result.Outcome, result.Reason, result.Seconds)
            {
                Artifacts = engine.Artifacts.Named(result.Artifacts),
            });
        }

        return walk;
    }

    private static Dictionary<string, JsonElement> Parameters(StageDescriptor descriptor, Stage stage) =>
        descriptor.Parameters
            .Select(p => (p.Name, Value: p.Get(stage)))
            .Where(p => p.Value is not null)
            .ToDictionary(p => p.Name, p => p.Value switch
            {
                TimeSpan time => JsonSerializer.SerializeToElement(time.ToString("c", CultureInfo.InvariantCulture)),
                Enum choice => JsonSerializer.SerializeToElement(choice.ToString()),
                var value => JsonSerializer.SerializeToElement(value),
            });

    // For the journal: what the run was started with. Inputs may be of any type; only plain values are told.
    private static Dictionary<string, JsonElement> Properties(ActivityExecutionContext context)
    {
        var workflow = context.WorkflowExecutionContext;
        var variables = workflow.Workflow.Variables.Select(v => KeyValuePair.Create(v.Name, context.ExpressionExecutionContext.TryGetBlock(v, out var block) ? block.Value : null));
        return workflow.Input.Select(i => KeyValuePair.Create(i.Key, (object?)i.Value)).Concat(variables)
            .Where(p => p.Value is string or int or long or double or decimal or bool or JsonElement { ValueKind: not (JsonValueKind.Object or JsonValueKind.Array) })
            .GroupBy(p => p.Key, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(p => p.Key, p => JsonSerializer.SerializeToElement(p.First().Value));
    }
}
