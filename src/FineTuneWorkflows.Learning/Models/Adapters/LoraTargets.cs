using FineTuneWorkflows.Learning.Models.Layers;

namespace FineTuneWorkflows.Learning.Models.Adapters;

/// <summary>Finds the layers beside which adapters stand.</summary>
internal static class LoraTargets
{
    /// <summary>The names to look for: those asked for, else the family's.</summary>
    public static IReadOnlyList<string> Names(LoraOptions options, ModelFamily family) => options.TargetModules.Count > 0 ? options.TargetModules : family.AdapterTargets;

    /// <summary>The layers below the head whose name is one of the given or ends with a dot and one of them, as PEFT matches <c>target_modules</c>.</summary>
    /// <param name="layers">The model's layers.</param>
    /// <param name="names">The names, or <see cref="LoraOptions.AllLinear"/> alone.</param>
    /// <exception cref="ModelException">A name matches none.</exception>
    public static IReadOnlyList<LinearLayer> Find(IReadOnlyList<LinearLayer> layers, IReadOnlyList<string> names)
    {
        LinearLayer[] below = [.. layers.Where(layer => layer.Role == ParameterRole.Backbone)];
        if (names is [LoraOptions.AllLinear])
            return below;
        string[] unknown = [.. names.Where(name => !below.Any(layer => Matches(layer.Name, name)))];
        if (unknown.Length > 0)
        {
            throw new ModelException($"LoRA's TargetModules names '{string.Join("', '", unknown)}', but no linear layer below the head is called so; there are "
                + $"{string.Join(", ", below.Select(layer => layer.Name[(layer.Name.LastIndexOf('.') + 1)..]).Distinct())}, or {LoraOptions.AllLinear} for all.");
        }
        return [.. below.Where(layer => names.Any(name => Matches(layer.Name, name)))];
    }

    /// <summary>
    /// The names by which PEFT finds the layers that have adapters, and no others. It looks for them in the head too, and takes all linear layers of the head for
    /// <see cref="LoraOptions.AllLinear"/>, so that is never among them; where the last parts of names do not tell the layers apart, their whole names do.
    /// </summary>
    /// <param name="layers">All linear layers but those that are trained in full.</param>
    /// <param name="names">The names that were asked for.</param>
    public static IReadOnlyList<string> ForPeft(IReadOnlyList<LinearLayer> layers, IReadOnlyList<string> names)
    {
        string[] adapted = [.. layers.Where(layer => layer.Adapter is not null).Select(layer => layer.Name)];
        IReadOnlyList<string> ends = names is [LoraOptions.AllLinear] ? [.. adapted.Select(name => name[(name.LastIndexOf('.') + 1)..]).Distinct()] : names;
        return layers.All(layer => ends.Any(end => Matches(layer.Name, end)) == layer.Adapter is not null) ? ends : adapted;
    }

    private static bool Matches(string layer, string name) => layer == name || layer.EndsWith("." + name, StringComparison.Ordinal);
}
