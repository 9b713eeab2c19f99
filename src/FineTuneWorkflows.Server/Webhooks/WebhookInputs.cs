using System.Text.Json;
using Elsa.Workflows.Activities;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Server.Activities;

namespace FineTuneWorkflows.Server.Webhooks;

/// <summary>The properties that a webhook's body sets, checked against what the workflow declares.</summary>
internal sealed class WebhookInputs
{
    private readonly List<WebhookProblem> problems = [];

    /// <summary>Values of workflow inputs.</summary>
    public Dictionary<string, object> Inputs { get; } = new(StringComparer.Ordinal);

    /// <summary>Values of workflow variables.</summary>
    public Dictionary<string, object> Variables { get; } = new(StringComparer.Ordinal);

    /// <summary>All that is wrong.</summary>
    public IReadOnlyList<WebhookProblem> Problems => problems;

    /// <summary>Reads a body; an empty one sets nothing.</summary>
    public static WebhookInputs Read(Workflow workflow, byte[] body)
    {
        var inputs = new WebhookInputs();
        if (body.Length == 0)
            return inputs;
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body);
        }
        catch (JsonException e)
        {
            inputs.problems.Add(new("", $"the body is not JSON: line {e.LineNumber + 1}, position {e.BytePositionInLine + 1}"));
            return inputs;
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                inputs.problems.Add(new("", "the body must be a JSON object of properties"));
            else
                foreach (var member in document.RootElement.EnumerateObject())
                    inputs.Set(workflow, member.Name, member.Value);
        }

        return inputs;
    }

    private void Set(Workflow workflow, string name, JsonElement value)
    {
        if (workflow.Inputs.FirstOrDefault(i => i.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } input)
            Convert(Inputs, input.Name, input.Type, value);
        else if (workflow.Variables.FirstOrDefault(v => v.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } variable)
            Convert(Variables, variable.Name, variable.GetType().GenericTypeArguments.FirstOrDefault() ?? typeof(object), value);
        else if (name.Equals(RunPriorities.Property, StringComparison.OrdinalIgnoreCase))
            SetPriority(value);
        else
        {
            var known = workflow.Inputs.Select(i => i.Name).Concat(workflow.Variables.Select(v => v.Name)).ToList();
            problems.Add(new(name, $"there is no property {name}{NameSuggestion.For(name, known)} (it has {string.Join(", ", known)})"));
        }
    }

    private void SetPriority(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String && RunPriorities.Parse(value.GetString()) is { } priority)
            Inputs[RunPriorities.Property] = priority.ToString();
        else
            problems.Add(new(RunPriorities.Property, $"wants {RunPriorities.Choices}, got {ParameterKind.Show(value)}"));
    }

    private void Convert(Dictionary<string, object> into, string name, Type type, JsonElement value)
    {
        var kind = type == typeof(object) ? ParameterKind.Of(typeof(string))! : ParameterKind.Of(type);
        if (kind is null)
            problems.Add(new(name, $"has the type {type.Name}, which a webhook cannot set"));
        else if (!IsOf(kind, value) || !kind.TryConvert(value, out var typed) || typed is null)
            problems.Add(new(name, $"wants {kind.Article}, got {ParameterKind.Show(value)}"));
        else
            into[name] = typed;
    }

    // On a command line everything is a text; in JSON a text is not a number.
    private static bool IsOf(ParameterKind kind, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => kind.ClrType == typeof(int) || kind.ClrType == typeof(long) || kind.ClrType == typeof(double),
        JsonValueKind.True or JsonValueKind.False => kind.ClrType == typeof(bool),
        JsonValueKind.String => kind.ClrType == typeof(string) || kind.ClrType == typeof(TimeSpan),
        JsonValueKind.Array => kind.ClrType == typeof(IReadOnlyList<string>),
        _ => false,
    };
}
