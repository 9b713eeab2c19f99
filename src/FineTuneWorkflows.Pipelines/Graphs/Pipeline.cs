using FineTuneWorkflows.Pipelines.Definitions;

namespace FineTuneWorkflows.Pipelines.Graphs;

/// <summary>The static graph of a definition's stages, checked and bound to one set of property values: ready to run.</summary>
/// <param name="Definition">What it was made from.</param>
/// <param name="Properties">The properties' values.</param>
/// <param name="Stages">The stages, each after those it depends on; otherwise in the order of the file.</param>
/// <param name="Notes">What a user should know, such as triggers that only the server starts.</param>
public sealed record Pipeline(WorkflowDefinition Definition, PropertyValues Properties, IReadOnlyList<PipelineStage> Stages, IReadOnlyList<string> Notes)
{
    /// <summary>The stage of that name, or null.</summary>
    public PipelineStage? Find(string name) => Stages.FirstOrDefault(s => s.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The pipeline cut down to some stages and all that they depend on.</summary>
    /// <param name="targets">Names of stages, or their types without <c>FineTune.</c>, whatever their case.</param>
    /// <exception cref="DefinitionException">There is no such stage.</exception>
    public Pipeline WithTargets(IReadOnlyList<string> targets)
    {
        if (targets.Count == 0)
            return this;
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<PipelineStage>(targets.SelectMany(Select));
        while (open.TryPop(out var stage))
            if (wanted.Add(stage.Name))
                foreach (var predecessor in stage.Predecessors)
                    open.Push(Find(predecessor)!);
        return this with { Stages = [.. Stages.Where(s => wanted.Contains(s.Name))] };
    }

    /// <summary>The pipeline cut down to the stages that make an artifact and all that they depend on; the whole of it where none does.</summary>
    /// <param name="artifact">The artifact's name, such as <c>model</c>.</param>
    public Pipeline UpTo(string artifact) => WithTargets([.. Stages.Where(s => s.Descriptor.Produces.Contains(artifact)).Select(s => s.Name)]);

    /// <summary>The stages that a user means by a name: the stage of that name, else all of that type.</summary>
    /// <exception cref="DefinitionException">There is none.</exception>
    public IReadOnlyList<PipelineStage> Select(string nameOrType)
    {
        if (Find(nameOrType) is { } stage)
            return [stage];
        var ofType = Stages.Where(s => s.Descriptor.Name.Equals(nameOrType, StringComparison.OrdinalIgnoreCase)).ToList();
        return ofType.Count > 0
            ? ofType
            : throw new DefinitionException(
                Definition.File,
                $"there is no stage {nameOrType}{Contract.NameSuggestion.For(nameOrType, Stages.Select(s => s.Name))} (it has {string.Join(", ", Stages.Select(s => s.Name))})");
    }
}
