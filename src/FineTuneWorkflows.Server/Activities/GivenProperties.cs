using System.Text.Json;
using Elsa.Extensions;
using Elsa.Workflows;
using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Server.Activities;

/// <summary>
/// Values that an instance's starter gave to the workflow's variables. Elsa's own way to hand variables over makes new ones of the same name, which are gone after the first resumption; so they
/// travel in the instance's properties and are set on the declared variables by the first stage.
/// </summary>
internal static class GivenProperties
{
    private const string Key = "FineTuneWorkflows.Given";

    /// <summary>The instance property that carries the values.</summary>
    public static Dictionary<string, object> Carry(IReadOnlyDictionary<string, object> variables) =>
        variables.Count == 0 ? [] : new() { [Key] = JsonSerializer.Serialize(variables) };

    /// <summary>Sets the values, once.</summary>
    public static void Apply(ActivityExecutionContext context)
    {
        var properties = context.WorkflowExecutionContext.Properties;
        if (!properties.TryGetValue(Key, out var carried) || carried?.ToString() is not { Length: > 0 } json)
            return;
        var given = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json)!;
        foreach (var variable in context.WorkflowExecutionContext.Workflow.Variables)
            if (given.TryGetValue(variable.Name, out var raw)
                && ParameterKind.Of(variable.GetType().GenericTypeArguments.FirstOrDefault() ?? typeof(string)) is { } kind && kind.TryConvert(raw, out var value))
                variable.Set(context.ExpressionExecutionContext, value);
        properties.Remove(Key);
    }
}
