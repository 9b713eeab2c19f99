using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Models.Configuration;

namespace FineTuneWorkflows.Learning.Models.Folders;

/// <summary>
/// Finds for each parameter its tensor in a folder: with or without the family's prefix, with the old names <c>gamma</c> and <c>beta</c>. What is
/// missing, extra or misshapen is refused, unless it belongs to a head that the task replaces.
/// </summary>
internal static class WeightMatcher
{
    private const int MaxNamed = 8;

    /// <summary>Matches every weight.</summary>
    /// <param name="weights">The folder's weights.</param>
    /// <param name="model">The model to fill.</param>
    /// <param name="layersInFile">The number of layers that the folder's configuration names.</param>
    /// <param name="head">What may be newly initialized.</param>
    public static WeightMatch Match(ModelWeights weights, LanguageModel model, int layersInFile, HeadReuse head)
    {
        ModelFamily family = model.Config.FamilyTable();
        Dictionary<string, TensorEntry> found = ByCanonicalName(weights, family);
        var pairs = new List<(ModelParameter, string)>();
        var fresh = new List<ModelParameter>();
        var problems = new WeightProblems(weights.Path);
        foreach (ModelParameter parameter in model.Parameters)
        {
            bool mayBeFresh = (parameter.Role == ParameterRole.HeadBody && head != HeadReuse.All)
                || (parameter.Role == ParameterRole.HeadOutput && head == HeadReuse.Body);
            bool ofSameUse = parameter.Role != ParameterRole.HeadOutput || head != HeadReuse.Body;
            if (!ofSameUse || !found.TryGetValue(parameter.Name, out TensorEntry? entry))
            {
                if (mayBeFresh)
                    fresh.Add(parameter);
                else
                    problems.Missing.Add(parameter.Name);
                continue;
            }
            found.Remove(parameter.Name);
            if (entry.Shape.SequenceEqual(parameter.Value.shape))
                pairs.Add((parameter, entry.Name));
            else
                problems.Misshapen.Add($"{entry.Name} is {entry.ShapeText} instead of [{string.Join(", ", parameter.Value.shape)}]");
        }
        var leftOut = new List<string>();
        foreach ((string canonical, TensorEntry entry) in found)
        {
            if (IsConstant(canonical, family) || family.Tied.Contains(canonical))
                continue;
            // A model for pre-training has a second head, for pairs of sentences, that predicting tokens has no use for.
            bool replaced = family.IsHead(canonical) && (head != HeadReuse.All || model.Task == ModelTask.MaskedLanguageModeling);
            (replaced || IsCutLayer(canonical, family, model.Config.LayerCount, layersInFile) ? leftOut : problems.Extra).Add(entry.Name);
        }
        problems.Refuse();
        return new WeightMatch(pairs, fresh, leftOut);
    }

    /// <summary>The first names, and how many more there are.</summary>
    public static string Some(IReadOnlyCollection<string> names) =>
        string.Join(", ", names.Order(StringComparer.Ordinal).Take(MaxNamed)) + (names.Count > MaxNamed ? $" and {names.Count - MaxNamed} more" : "");

    private static Dictionary<string, TensorEntry> ByCanonicalName(ModelWeights weights, ModelFamily family)
    {
        bool prefixed = weights.Entries.Keys.Any(name => name.StartsWith(family.Prefix, StringComparison.Ordinal));
        var found = new Dictionary<string, TensorEntry>(StringComparer.Ordinal);
        foreach (TensorEntry entry in weights.Entries.Values.OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            string canonical = Canonical(entry.Name, family, prefixed);
            if (!found.TryAdd(canonical, entry))
                throw new CheckpointException($"{weights.Path} has weight '{canonical}' twice: as {found[canonical].Name} and as {entry.Name}.");
        }
        return found;
    }

    private static string Canonical(string name, ModelFamily family, bool prefixed)
    {
        string canonical = name;
        if (canonical.EndsWith("LayerNorm.gamma", StringComparison.Ordinal))
            canonical = canonical[..^"gamma".Length] + "weight";
        else if (canonical.EndsWith("LayerNorm.beta", StringComparison.Ordinal))
            canonical = canonical[..^"beta".Length] + "bias";
        return prefixed || family.IsHead(canonical) ? canonical : family.Prefix + canonical;
    }

    private static bool IsConstant(string canonical, ModelFamily family) =>
        family.Constants.Any(end => canonical.EndsWith(end, StringComparison.Ordinal));

    private static bool IsCutLayer(string canonical, ModelFamily family, int layers, int layersInFile)
    {
        for (int layer = layers; layer < layersInFile; layer++)
        {
            if (canonical.StartsWith(family.Layer(layer), StringComparison.Ordinal))
                return true;
        }
        return false;
    }
}
