using System.Globalization;
using FineTuneWorkflows.Learning.Checkpoints;

namespace FineTuneWorkflows.Learning.Models;

/// <summary>
/// Finds for each parameter its tensor in a checkpoint: with or without the family's prefix, with the old names <c>gamma</c> and <c>beta</c>. What is
/// missing, extra or misshapen is refused, unless it belongs to a head that the task replaces.
/// </summary>
internal static class WeightMatcher
{
    private const string HeadPrefix = "classifier.";
    private const int MaxNamed = 8;

    public static WeightMatch Match(SafetensorsReader weights, SequenceClassifier model, int layersInFile, bool mayReplaceHead)
    {
        EncoderNames family = EncoderNames.Bert;
        bool prefixed = weights.Entries.Keys.Any(name => name.StartsWith(family.Prefix, StringComparison.Ordinal));
        var byCanonicalName = new Dictionary<string, TensorEntry>(StringComparer.Ordinal);
        foreach (TensorEntry entry in weights.Entries.Values.OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            string canonical = Canonical(entry.Name, family, prefixed);
            if (!byCanonicalName.TryAdd(canonical, entry))
                throw new CheckpointException($"{weights.Path} has weight '{canonical}' twice: as {byCanonicalName[canonical].Name} and as "
                    + $"{entry.Name}.");
        }

        var pairs = new List<(ModelParameter, string)>();
        var fresh = new List<ModelParameter>();
        List<string> missing = [], misshapen = [], extra = [], leftOut = [];
        foreach (ModelParameter parameter in model.Parameters)
        {
            bool head = parameter.Name.StartsWith(HeadPrefix, StringComparison.Ordinal);
            bool pooler = parameter.Name.StartsWith(family.Prefix + family.Pooler, StringComparison.Ordinal);
            if (head && mayReplaceHead)
                fresh.Add(parameter);
            else if (!byCanonicalName.Remove(parameter.Name, out TensorEntry? entry))
            {
                if (pooler && mayReplaceHead)
                    fresh.Add(parameter);
                else
                    missing.Add(parameter.Name);
            }
            else if (!entry.Shape.SequenceEqual(parameter.Value.shape))
                misshapen.Add($"{entry.Name} is {entry.ShapeText} instead of [{string.Join(", ", parameter.Value.shape)}]");
            else
                pairs.Add((parameter, entry.Name));
        }
        foreach ((string canonical, TensorEntry entry) in byCanonicalName)
            (MayBeLeftOut(canonical, family, model.Config.LayerCount, layersInFile, mayReplaceHead) ? leftOut : extra).Add(entry.Name);

        if (missing.Count + misshapen.Count + extra.Count > 0)
        {
            var problems = new List<string>();
            Tell(missing, "missing");
            Tell(misshapen, "misshapen");
            Tell(extra, "not known");
            throw new CheckpointException($"{weights.Path} does not fit its config.json: {string.Join("; ", problems)}.");

            void Tell(List<string> names, string what)
            {
                if (names.Count > 0)
                    problems.Add($"{names.Count.ToString(CultureInfo.InvariantCulture)} weights are {what}: {Some(names)}");
            }
        }
        return new WeightMatch(pairs, fresh, leftOut);
    }

    /// <summary>The first names, and how many more there are.</summary>
    public static string Some(IReadOnlyCollection<string> names) =>
        string.Join(", ", names.Order(StringComparer.Ordinal).Take(MaxNamed)) + (names.Count > MaxNamed ? $" and {names.Count - MaxNamed} more" : "");

    private static string Canonical(string name, EncoderNames family, bool prefixed)
    {
        string canonical = name;
        if (canonical.EndsWith("LayerNorm.gamma", StringComparison.Ordinal))
            canonical = canonical[..^"gamma".Length] + "weight";
        else if (canonical.EndsWith("LayerNorm.beta", StringComparison.Ordinal))
            canonical = canonical[..^"beta".Length] + "bias";
        bool head = canonical.StartsWith(HeadPrefix, StringComparison.Ordinal) || canonical.StartsWith("cls.", StringComparison.Ordinal);
        return prefixed || head ? canonical : family.Prefix + canonical;
    }

    private static bool MayBeLeftOut(string canonical, EncoderNames family, int layers, int layersInFile, bool mayReplaceHead)
    {
        if (canonical == family.Prefix + "embeddings.position_ids")
            return true;
        if (canonical.StartsWith("cls.", StringComparison.Ordinal) || canonical.StartsWith(HeadPrefix, StringComparison.Ordinal))
            return mayReplaceHead;
        for (int layer = layers; layer < layersInFile; layer++)
        {
            if (canonical.StartsWith(family.Layer(layer), StringComparison.Ordinal))
                return true;
        }
        return false;
    }
}
