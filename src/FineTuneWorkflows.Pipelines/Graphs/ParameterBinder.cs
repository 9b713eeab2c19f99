using System.Text.Json;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Definitions;

namespace FineTuneWorkflows.Pipelines.Graphs;

/// <summary>Evaluates what a definition sets, and makes stages with their parameters bound.</summary>
/// <param name="definition">The definition.</param>
/// <param name="properties">The values of its properties.</param>
/// <param name="given">What was given for parameters of its stages; it takes the place of what the definition sets.</param>
/// <param name="problems">Where problems are added.</param>
internal sealed class ParameterBinder(WorkflowDefinition definition, PropertyValues properties, GivenParameters given, List<DefinitionProblem> problems)
{
    private readonly record struct Evaluated(object? Raw, string Folder, string Origin, bool IsGiven);

    public BoundStage Bind(ActivityDefinition activity, StageDescriptor descriptor)
    {
        var bound = new BoundStage(descriptor.Create());
        var before = problems.Count;
        var seen = new HashSet<ParameterDescriptor>();
        // The last value given counts.
        foreach (var own in given.Of(activity).Reverse())
            if (Known(activity, descriptor, own.Parameter) is { } parameter && seen.Add(parameter))
            {
                bound.GivenByName.Add(parameter.Name);
                Set(bound, activity, parameter, new(own.Value, own.Folder, $" (from {own.Name})", IsGiven: true));
            }

        foreach (var (name, expression) in activity.Settings)
            if (Known(activity, descriptor, name) is { } parameter && seen.Add(parameter) && Evaluate(activity, parameter, expression) is { } value)
                Set(bound, activity, parameter, value);

        foreach (var parameter in descriptor.Parameters.Where(p => !seen.Contains(p)))
            CheckDefault(activity, parameter);
        if (problems.Count == before)
            problems.AddRange(bound.Stage.Check().Select(problem => new DefinitionProblem(definition.File, problem, activity.Name)));
        return bound;
    }

    private ParameterDescriptor? Known(ActivityDefinition activity, StageDescriptor descriptor, string name)
    {
        if (descriptor.Parameter(name) is { } parameter)
            return parameter;
        problems.Add(new(definition.File, $"{descriptor.Type} has no parameter {name}{NameSuggestion.For(name, descriptor.Parameters.Select(p => p.Name))} `finetune stages {descriptor.Name}` lists them", activity.Name));
        return null;
    }

    private void Set(BoundStage bound, ActivityDefinition activity, ParameterDescriptor parameter, Evaluated value)
    {
        // Studio writes null for an input that was never touched: the default stays.
        if (value.Raw is null or JsonElement { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined })
            CheckDefault(activity, parameter);
        else if (parameter.TryConvert(value.Raw, out var typed, out var problem))
        {
            parameter.Set(bound.Stage, typed);
            bound.Folders[parameter.Name] = value.Folder;
            if (value.IsGiven)
                bound.Given.Add(parameter.Name);
        }
        else
            problems.Add(new(definition.File, problem + value.Origin, activity.Name, parameter.Name));
    }

    // A required parameter has a default that is not valid.
    private void CheckDefault(ActivityDefinition activity, ParameterDescriptor parameter)
    {
        if (!parameter.TryConvert(parameter.DefaultValue, out _, out var problem))
            problems.Add(new(definition.File, problem!, activity.Name, parameter.Name));
    }

    private Evaluated? Evaluate(ActivityDefinition activity, ParameterDescriptor parameter, SettingExpression expression)
    {
        switch (expression.Type)
        {
            case "Literal":
                return new(expression.Value, definition.Folder, "", IsGiven: false);
            case "Object":
                return new(Parsed(expression.Value), definition.Folder, "", IsGiven: false);
            case "Variable" or "Input":
                return Property(activity, parameter, expression);
            case "JavaScript" or "Liquid" or "CSharp" or "Python":
                problems.Add(new(definition.File, $"is a {expression.Type} expression, which only the server evaluates; here a Literal, Object, Variable or Input can stand", activity.Name, parameter.Name));
                return null;
            default:
                problems.Add(new(
                    definition.File, $"unknown expression type '{expression.Type}'{NameSuggestion.For(expression.Type, ["Literal", "Object", "Variable", "Input", "JavaScript", "Liquid"])}; a Literal, Object, Variable or Input can stand here",
                    activity.Name, parameter.Name));
                return null;
        }
    }

    // Elsa keeps an Object expression's value as a JSON text.
    private static object? Parsed(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
            return value;
        try
        {
            using var document = JsonDocument.Parse(value.GetString()!);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            // Not JSON, so the text itself is the value, as in Elsa.
            return value;
        }
    }

    private Evaluated? Property(ActivityDefinition activity, ParameterDescriptor parameter, SettingExpression expression)
    {
        var (id, name) = Reference(expression.Value);
        var declaration = definition.Properties.FirstOrDefault(p => expression.Type == "Variable" ? !p.IsInput && p.VariableId is not null && p.VariableId == id : p.IsInput && p.Name == name)
            ?? definition.Properties.FirstOrDefault(p => p.IsInput == (expression.Type == "Input") && p.Name.Equals(name ?? id, StringComparison.OrdinalIgnoreCase));
        if (declaration is null)
        {
            problems.Add(new(definition.File, $"refers to the {expression.Type.ToLowerInvariant()} {name ?? id ?? "without a name"}, which the definition does not declare", activity.Name, parameter.Name));
            return null;
        }

        if (properties.Find(declaration.Name) is { } value)
            return new(value.Value, value.Folder, $" (from property {declaration.Name})", value.IsGiven);
        if (declaration.IsInput && parameter.DefaultValue is null or "")
        {
            problems.Add(new(definition.File, $"has no value: give property {declaration.Name} with -p {declaration.Name}=...", activity.Name, parameter.Name));
            return null;
        }

        return new(null, definition.Folder, "", IsGiven: false);
    }

    private static (string? Id, string? Name) Reference(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => (value.GetString(), value.GetString()),
        JsonValueKind.Object => (Member(value, "id"), Member(value, "name")),
        _ => (null, null),
    };

    private static string? Member(JsonElement value, string name) =>
        value.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;
}

/// <summary>A stage with its parameters bound.</summary>
/// <param name="stage">The stage.</param>
internal sealed class BoundStage(Stage stage)
{
    /// <summary>The stage.</summary>
    public Stage Stage => stage;

    /// <summary>For each parameter that was set, what a relative path in it counts from.</summary>
    public Dictionary<string, string> Folders { get; } = new(StringComparer.Ordinal);

    /// <summary>The parameters whose values the user gave, by a property or by the parameter's own name.</summary>
    public HashSet<string> Given { get; } = new(StringComparer.Ordinal);

    /// <summary>Those of them that were given by their own name.</summary>
    public HashSet<string> GivenByName { get; } = new(StringComparer.Ordinal);
}
