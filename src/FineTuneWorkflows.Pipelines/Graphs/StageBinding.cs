using System.Text.Json;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Definitions;

namespace FineTuneWorkflows.Pipelines.Graphs;

/// <summary>Makes a single stage from values that a host has evaluated itself, with the checks that <see cref="PipelineBuilder"/> makes.</summary>
public static class StageBinding
{
    /// <summary>Makes the stage.</summary>
    /// <param name="descriptor">The stage's type.</param>
    /// <param name="values">Raw values (texts, numbers, JSON) by parameter name, whatever its case. A parameter that is absent or null keeps its default.</param>
    /// <param name="file">What messages call the definition.</param>
    /// <param name="name">What messages call the stage.</param>
    /// <exception cref="DefinitionException">A parameter that does not exist, or a value that is ill-typed or out of range; all that is wrong, not just the first.</exception>
    public static Stage Bind(StageDescriptor descriptor, IReadOnlyDictionary<string, object?> values, string file, string name)
    {
        var stage = descriptor.Create();
        var problems = new List<DefinitionProblem>();
        problems.AddRange(values.Keys
            .Where(key => descriptor.Parameter(key) is null)
            .Select(key => new DefinitionProblem(file, $"{descriptor.Type} has no parameter {key}{NameSuggestion.For(key, descriptor.Parameters.Select(p => p.Name))}", name)));
        var given = new Dictionary<string, object?>(values, StringComparer.OrdinalIgnoreCase);
        foreach (var parameter in descriptor.Parameters)
        {
            var raw = given.GetValueOrDefault(parameter.Name);
            var isSet = raw is not (null or JsonElement { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined });
            if (!parameter.TryConvert(isSet ? raw : parameter.DefaultValue, out var typed, out var problem))
                problems.Add(new(file, problem!, name, parameter.Name));
            else if (isSet)
                parameter.Set(stage, typed);
        }

        if (problems.Count == 0)
            problems.AddRange(stage.Check().Select(problem => new DefinitionProblem(file, problem, name)));
        return problems.Count == 0 ? stage : throw new DefinitionException(problems);
    }
}
