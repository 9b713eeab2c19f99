namespace FineTuneWorkflows.Stages.Experiments;

/// <summary>The values that properties take in a sweep: all combinations of them, the last property changing fastest.</summary>
/// <param name="Axes">The properties and their values.</param>
public sealed record ParameterGrid(IReadOnlyList<ParameterGrid.Axis> Axes)
{
    /// <summary>A property or parameter with the values that it takes.</summary>
    /// <param name="Name">The property.</param>
    /// <param name="Values">Its values, as texts.</param>
    public sealed record Axis(string Name, IReadOnlyList<string> Values);

    /// <summary>One combination: a value of each property.</summary>
    public IReadOnlyList<IReadOnlyList<KeyValuePair<string, string>>> Combinations()
    {
        IEnumerable<IReadOnlyList<KeyValuePair<string, string>>> all = [[]];
        foreach (var axis in Axes)
            all = all.SelectMany(before => axis.Values.Select(value => (IReadOnlyList<KeyValuePair<string, string>>)[.. before, new(axis.Name, value)]));
        return [.. all];
    }

    /// <summary>Reads <c>Name=value,value</c>.</summary>
    /// <param name="option">Named in errors.</param>
    /// <param name="given">The texts.</param>
    /// <exception cref="ExperimentException">One is not of that form, or a property is named twice.</exception>
    public static ParameterGrid Parse(string option, IEnumerable<string> given)
    {
        var axes = new List<Axis>();
        foreach (var text in given)
        {
            var split = text.IndexOf('=', StringComparison.Ordinal);
            var values = split > 0 ? text[(split + 1)..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [];
            if (values.Length == 0)
                throw new ExperimentException($"{option} wants Name=value,value, such as {option} LearningRate=1e-5,3e-5, got '{text}'");
            var name = text[..split].Trim();
            if (axes.Exists(a => a.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
                throw new ExperimentException($"{option} names {name} twice; write all its values at once, such as {option} {name}={axes[^1].Values[0]},{values[0]}");
            axes.Add(new(name, values));
        }

        return new(axes);
    }

    /// <summary>A combination in words, such as <c>Epochs=2 Seed=1</c>.</summary>
    public static string Text(IReadOnlyList<KeyValuePair<string, string>> combination) => string.Join(' ', combination.Select(v => $"{v.Key}={v.Value}"));
}
