using System.Text.Json;
using Elsa.Extensions;
using Elsa.Workflows;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Server.Jobs;

namespace FineTuneWorkflows.Server.Activities;

/// <summary>Finds a run's priority: what it was started with, else the definition's variable of that name. It is kept with the instance, as inputs that are not declared are gone after the first stage.</summary>
internal static class RunPriorities
{
    /// <summary>The name of the run's property.</summary>
    public const string Property = nameof(RunPriority);

    private const string Kept = "FineTuneWorkflows.Priority";

    /// <summary>What it may be, for messages.</summary>
    public static string Choices { get; } = "one of " + string.Join(", ", Enum.GetNames<RunPriority>());

    /// <summary>Reads a priority's name.</summary>
    /// <returns>Null where it is none.</returns>
    public static RunPriority? Parse(string? text) =>
        Enum.GetNames<RunPriority>().Any(name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) ? Enum.Parse<RunPriority>(text!, ignoreCase: true) : null;

    /// <summary>The priority of an activity's run.</summary>
    /// <exception cref="StageException">It was started with one that there is not.</exception>
    public static RunPriority Of(ActivityExecutionContext context)
    {
        var workflow = context.WorkflowExecutionContext;
        var text = (workflow.Properties.GetValueOrDefault(Kept) ?? Given(context))?.ToString();
        var priority = string.IsNullOrEmpty(text) ? RunPriority.Normal
            : Parse(text) ?? throw new StageException($"the run's property {Property} must be {Choices}, got '{text}'");
        workflow.Properties[Kept] = priority.ToString();
        return priority;
    }

    private static object? Given(ActivityExecutionContext context)
    {
        var workflow = context.WorkflowExecutionContext;
        if (workflow.Input.FirstOrDefault(i => i.Key.Equals(Property, StringComparison.OrdinalIgnoreCase)).Value is { } given)
            return given is JsonElement { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } ? null : given;
        var variable = workflow.Workflow.Variables.FirstOrDefault(v => v.Name.Equals(Property, StringComparison.OrdinalIgnoreCase));
        return variable is not null && context.ExpressionExecutionContext.TryGetBlock(variable, out var block) ? block.Value : null;
    }
}
