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

    private static bool Matches(string layer, string name) => layer == name || layer.EndsWith("." + name, StringComparison.Ordinal);
}
