using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Definitions;

namespace FineTuneWorkflows.Pipelines.Graphs;

/// <summary>
/// Makes the static graph of a definition and checks all that can be checked before anything runs. All problems are found, not just the first.
/// </summary>
public sealed class PipelineBuilder
{
    private static readonly HashSet<string> Triggers = new(StringComparer.Ordinal) { "Elsa.HttpEndpoint", "Elsa.Cron", "Elsa.Timer", "Elsa.StartAt" };

    // They order activities, or answer who started the workflow, and change nothing that a stage sees.
    private static readonly HashSet<string> PassedThrough = new(StringComparer.Ordinal)
    {
        "Elsa.Start", "Elsa.End", "Elsa.FlowFork", "Elsa.FlowJoin", "Elsa.WriteHttpResponse",
    };

    private readonly WorkflowDefinition definition;
    private readonly StageCatalog catalog;
    private readonly PropertyValues properties;
    private readonly List<DefinitionProblem> problems = [];
    private readonly List<string> notes = [];
    private readonly Dictionary<string, ActivityDefinition> byId;

    private PipelineBuilder(WorkflowDefinition definition, StageCatalog catalog, PropertyValues properties)
    {
        this.definition = definition;
        this.catalog = catalog;
        this.properties = properties;
        byId = definition.Activities.ToDictionary(a => a.Id, StringComparer.Ordinal);
    }

    /// <summary>Builds the pipeline.</summary>
    /// <exception cref="DefinitionException">
    /// A cycle; an activity that is no stage; an unknown stage type or parameter; a value that is ill-typed or out of range; an artifact that nobody produces, or two
    /// do; a stage connected to nothing.
    /// </exception>
    public static Pipeline Build(WorkflowDefinition definition, StageCatalog catalog, PropertyValues properties) =>
        new PipelineBuilder(definition, catalog, properties).Build();

    /// <summary>Wires the stages of a definition without binding their parameters. Activities of any other type are seen through: they only order the stages.</summary>
    /// <returns>The stages, each after those it depends on.</returns>
    /// <exception cref="DefinitionException">A cycle; an unknown stage type; an artifact that nobody produces, or two do.</exception>
    public static IReadOnlyList<StageNode> Wire(WorkflowDefinition definition, StageCatalog catalog) =>
        new PipelineBuilder(definition, catalog, PropertyValues.Bind(definition, [], definition.Folder)).Wire();

    private IReadOnlyList<StageNode> Wire()
    {
        var predecessors = Predecessors();
        var wired = Wire(Order(predecessors), predecessors);
        return problems.Count == 0 ? wired : throw new DefinitionException(problems);
    }

    private Pipeline Build()
    {
        CheckActivities();
        var predecessors = Predecessors();
        CheckConnected();
        var order = Order(predecessors);
        ThrowIfWrong(structureOnly: true);

        var binder = Binder();
        var stages = new List<PipelineStage>();
        foreach (var node in Wire(order, predecessors))
        {
            var bound = binder.Bind(byId[node.Id], node.Descriptor);
            stages.Add(new(node, bound.Stage, bound.Folders) { Given = bound.Given, GivenByName = bound.GivenByName });
        }

        if (problems.Count == 0)
            problems.AddRange(MetricCheck.Problems(definition.File, stages));
        ThrowIfWrong(structureOnly: false);
        return new(definition, properties, stages, notes);
    }

    private List<StageNode> Wire(List<ActivityDefinition> order, Dictionary<string, List<string>> predecessors)
    {
        var wiring = new ArtifactWiring(definition.File, problems);
        var stages = new List<StageNode>();
        foreach (var activity in order)
        {
            var descriptor = catalog.Find(activity.Type)!;
            var before = predecessors[activity.Id].Select(id => byId[id].Name).ToList();
            stages.Add(new(activity.Id, activity.Name, descriptor, before, wiring.Add(activity.Name, descriptor, before)));
        }

        return stages;
    }

    private void ThrowIfWrong(bool structureOnly)
    {
        if (problems.Count == 0)
            return;
        // Where the structure is wrong, parameters of the stages that are known are worth checking in the same go.
        if (structureOnly)
        {
            var binder = Binder();
            foreach (var activity in definition.Activities)
                if (catalog.Find(activity.Type) is { } descriptor)
                    binder.Bind(activity, descriptor);
        }

        throw new DefinitionException(problems);
    }

    private ParameterBinder Binder() => new(definition, properties, GivenParameters.Resolve(definition, catalog, properties.Parameters, problems), problems);

    private void Problem(string message, string? stage = null) => problems.Add(new(definition.File, message, stage));

    private bool IsStage(ActivityDefinition activity) => catalog.Find(activity.Type) is not null;

    private void CheckActivities()
    {
        foreach (var activity in definition.Activities)
        {
            if (IsStage(activity) || PassedThrough.Contains(activity.Type))
                continue;
            if (Triggers.Contains(activity.Type))
                notes.Add($"the trigger {activity.Name} ({activity.Type}) is ignored here; the server starts it");
            else if (activity.Type.StartsWith("FineTune.", StringComparison.Ordinal))
                Problem($"there is no stage type {activity.Type}{NameSuggestion.For(activity.Type, catalog.Stages.Select(s => s.Type))} `finetune stages` lists them", activity.Name);
            else
                Problem($"{activity.Type} is no stage; run this definition on the server, which has all of Elsa's activities", activity.Name);
        }

        if (!definition.Activities.Any(IsStage) && problems.Count == 0)
            Problem("has no stages");
    }

    // The stages directly before each stage, seen through triggers and the like.
    private Dictionary<string, List<string>> Predecessors()
    {
        var before = definition.Activities.ToDictionary(a => a.Id, _ => new List<string>(), StringComparer.Ordinal);
        foreach (var connection in definition.Connections)
        {
            var missing = !byId.ContainsKey(connection.Source) ? connection.Source : !byId.ContainsKey(connection.Target) ? connection.Target : null;
            if (missing is not null)
                Problem($"a connection refers to the activity {missing}, which is not there");
            else if (IsStage(byId[connection.Source]) && connection.Port != "Done")
                Problem($"has no port {connection.Port}; a stage's only port is Done", byId[connection.Source].Name);
            else
                before[connection.Target].Add(connection.Source);
        }

        return definition.Activities.Where(IsStage).ToDictionary(a => a.Id, a => StagesBefore(a.Id, before), StringComparer.Ordinal);
    }

    private List<string> StagesBefore(string id, Dictionary<string, List<string>> before)
    {
        var found = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>(before[id]);
        while (open.TryDequeue(out var source))
        {
            if (!seen.Add(source))
                continue;
            if (IsStage(byId[source]))
                found.Add(source);
            else
                foreach (var further in before[source])
                    open.Enqueue(further);
        }

        return found;
    }

    private void CheckConnected()
    {
        if (definition.Activities.Count < 2)
            return;
        var group = definition.Activities.ToDictionary(a => a.Id, a => a.Id, StringComparer.Ordinal);
        string Find(string id)
        {
            while (group[id] != id)
                id = group[id] = group[group[id]];
            return id;
        }

        foreach (var connection in definition.Connections)
            if (byId.ContainsKey(connection.Source) && byId.ContainsKey(connection.Target))
                group[Find(connection.Source)] = Find(connection.Target);
        var largest = definition.Activities.GroupBy(a => Find(a.Id), StringComparer.Ordinal).OrderByDescending(g => g.Count()).First().Key;
        foreach (var activity in definition.Activities)
            if (IsStage(activity) && Find(activity.Id) != largest)
                Problem("is not connected to the other stages", activity.Name);
    }

    private List<ActivityDefinition> Order(Dictionary<string, List<string>> predecessors)
    {
        var order = new List<ActivityDefinition>();
        var done = new HashSet<string>(StringComparer.Ordinal);
        var left = definition.Activities.Where(IsStage).ToList();
        while (left.Find(a => predecessors[a.Id].TrueForAll(done.Contains)) is { } next)
        {
            left.Remove(next);
            done.Add(next.Id);
            order.Add(next);
        }

        if (left.Count > 0)
            Problem($"the stages {string.Join(" -> ", Cycle(left[0].Id, predecessors).Select(id => byId[id].Name))} form a cycle");
        return order;
    }

    // Going back from a stage that waits for ever, some stage is met twice.
    private static List<string> Cycle(string start, Dictionary<string, List<string>> predecessors)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        for (var grew = true; grew;)
            grew = predecessors.Any(p => p.Value.TrueForAll(done.Contains) && done.Add(p.Key));
        var path = new List<string>();
        var at = start;
        while (!path.Contains(at))
        {
            path.Add(at);
            at = predecessors[at].First(p => !done.Contains(p));
        }

        path.RemoveRange(0, path.IndexOf(at));
        path.Add(at);
        path.Reverse();
        return path;
    }
}
