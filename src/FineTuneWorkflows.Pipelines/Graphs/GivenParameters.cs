using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Definitions;

namespace FineTuneWorkflows.Pipelines.Graphs;

/// <summary>Which activity each parameter that a user gave belongs to.</summary>
internal sealed class GivenParameters
{
    private readonly Dictionary<string, List<GivenParameter>> byActivity = new(StringComparer.Ordinal);

    /// <summary>What was given for an activity, in the order given.</summary>
    public IReadOnlyList<GivenParameter> Of(ActivityDefinition activity) => byActivity.GetValueOrDefault(activity.Id) ?? [];

    /// <summary>Finds the stage of each: the one of that name or id, else the only one of that type. What cannot be told is a problem.</summary>
    public static GivenParameters Resolve(WorkflowDefinition definition, StageCatalog catalog, IEnumerable<GivenParameter> given, List<DefinitionProblem> problems)
    {
        var resolved = new GivenParameters();
        var stages = definition.Activities.Where(a => catalog.Find(a.Type) is not null).ToList();
        foreach (var parameter in given)
        {
            if (Find(definition, catalog, stages, parameter, problems) is not { } activity)
                continue;
            if (!resolved.byActivity.TryGetValue(activity.Id, out var all))
                resolved.byActivity[activity.Id] = all = [];
            all.Add(parameter);
        }

        return resolved;
    }

    private static ActivityDefinition? Find(
        WorkflowDefinition definition, StageCatalog catalog, List<ActivityDefinition> stages, GivenParameter given, List<DefinitionProblem> problems)
    {
        bool Is(string name) => name.Equals(given.Stage, StringComparison.OrdinalIgnoreCase);
        if ((stages.Find(a => Is(a.Name)) ?? stages.Find(a => Is(a.Id))) is { } named)
            return named;
        var ofType = stages.FindAll(a => Is(a.Type) || Is(catalog.Find(a.Type)!.Name));
        if (ofType.Count == 1)
            return ofType[0];
        if (ofType.Count > 1)
            problems.Add(new(definition.File, $"{given.Name}: {ofType.Count} stages are of the type {given.Stage}; name one: {string.Join(" or ", ofType.Select(a => $"-p {a.Name}.{given.Parameter}=..."))}"));
        else if (definition.Activities.FirstOrDefault(a => Is(a.Name) || Is(a.Id)) is { } other)
            problems.Add(new(definition.File, $"{given.Name}: {other.Name} is an {other.Type}, which is no stage; only parameters of stages can be given"));
        else
            problems.Add(new(
                definition.File,
                $"{given.Name}: there is no property of that name, and no stage {given.Stage}{NameSuggestion.For(given.Stage, stages.Select(a => a.Name))} (the stages are {string.Join(", ", stages.Select(a => a.Name))})"));
        return null;
    }
}
