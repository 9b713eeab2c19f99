using FineTuneWorkflows.Learning.Models;

namespace FineTuneWorkflows.Learning.Tests.Support.Reference;

/// <summary>A model's weights in double precision by their names in Hugging Face's layout, row after row.</summary>
internal sealed class ReferenceWeights
{
    private readonly Dictionary<string, Real[]> _byName;
    private readonly Tape? _tape;

    /// <summary>Takes weights over.</summary>
    /// <param name="values">The weights.</param>
    /// <param name="tape">Where what is computed from them is to be remembered, so that it can be differentiated; null for plain numbers.</param>
    public ReferenceWeights(IReadOnlyDictionary<string, double[]> values, Tape? tape = null)
    {
        _tape = tape;
        _byName = values.ToDictionary(
            pair => pair.Key, pair => pair.Value.Select(value => tape is null ? value : tape.Variable(value)).ToArray(), StringComparer.Ordinal);
    }

    public Real[] this[string name] => _byName.TryGetValue(name, out Real[]? values) ? values
        : throw new KeyNotFoundException($"The reference needs {name}. There are {string.Join(", ", _byName.Keys)}.");

    public bool Has(string name) => _byName.ContainsKey(name);

    public ReadOnlySpan<Real> Row(string name, int row, int width) => this[name].AsSpan(row * width, width);

    /// <summary>The weights of a model.</summary>
    public static Dictionary<string, double[]> ValuesOf(LanguageModel model) => model.Parameters.ToDictionary(
        p => p.Name, p => p.Value.detach().cpu().contiguous().data<float>().Select(x => (double)x).ToArray(), StringComparer.Ordinal);

    /// <summary>The derivatives of a result for every weight, by its name.</summary>
    public Dictionary<string, double[]> Gradients(Real result)
    {
        double[] all = _tape!.Gradients(result);
        return _byName.ToDictionary(pair => pair.Key, pair => pair.Value.Select(x => all[x.Index]).ToArray(), StringComparer.Ordinal);
    }
}
