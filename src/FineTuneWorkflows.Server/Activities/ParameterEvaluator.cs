using System.Text.Json;
using Elsa.Expressions.Contracts;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Server.Activities;

/// <summary>Evaluates what a definition sets a stage's parameters to, without Elsa's conversions, so that a value of the wrong type is found and not bent.</summary>
internal static class ParameterEvaluator
{
    /// <summary>The raw values of the parameters that are set.</summary>
    /// <exception cref="StageException">An expression cannot be evaluated; names the parameter.</exception>
    public static async Task<Dictionary<string, object?>> EvaluateAsync(ActivityExecutionContext context, StageDescriptor descriptor)
    {
        var evaluator = context.GetRequiredService<IExpressionEvaluator>();
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var parameter in descriptor.Parameters)
        {
            if (context.Activity.SyntheticProperties.GetValueOrDefault(parameter.Name) is not Input { Expression: { } expression })
                continue;
            object? value;
            try
            {
                value = expression.Type switch
                {
                    "Literal" => Unwrapped(expression.Value),
                    "Object" => Parsed(expression.Value),
                    _ => Unwrapped(await evaluator.EvaluateAsync(expression, typeof(object), context.ExpressionExecutionContext).ConfigureAwait(false)),
                };
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw new StageException($"parameter {parameter.Name}: the {expression.Type} expression cannot be evaluated: {e.Message}", e);
            }

            values[parameter.Name] = value;
            // What the designer shows of this execution.
            if (value is not null)
                context.ActivityState[parameter.Name] = value;
        }

        return values;
    }

    private static object? Unwrapped(object? value) => value switch
    {
        JsonElement { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => null,
        System.Text.Json.Nodes.JsonNode node => JsonSerializer.SerializeToElement(node),
        // Elsa reads a literal's number as a decimal, and scripts have numbers of every size.
        decimal or float or short or byte or uint or ulong or ushort or sbyte => JsonSerializer.SerializeToElement(value),
        _ => value,
    };

    // Elsa keeps an Object expression's value as a JSON text.
    private static object? Parsed(object? value)
    {
        if (value is not string text)
            return Unwrapped(value);
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            // No JSON, so the text itself is the value, as in Elsa.
            return text;
        }
    }
}
