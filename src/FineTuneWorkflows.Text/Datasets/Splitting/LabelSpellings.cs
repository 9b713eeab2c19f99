namespace FineTuneWorkflows.Text.Datasets.Splitting;

/// <summary>
/// Brings labels together that are one number, such as <c>1</c> of one file and <c>1.0</c> of another, whose column also had empty cells, or that look the same (see
/// <see cref="TextIdentity.Visible"/>). A class has the shortest of its spellings,
/// of equally short ones the first ordinally, so that the order of rows does not matter; a label with one spelling keeps it.
/// </summary>
internal sealed class LabelSpellings
{
    private readonly Dictionary<string, SortedSet<string>> _spellings = new(StringComparer.Ordinal);

    private static readonly Comparer<string> ByLength = Comparer<string>.Create((a, b) => a.Length != b.Length ? a.Length.CompareTo(b.Length) : string.CompareOrdinal(a, b));

    /// <summary>The classes that are spelled in more than one way, each with its name first.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Merged => [.. _spellings.Where(s => s.Value.Count > 1).OrderBy(s => LabelNumber.Of(s.Key)).ThenBy(s => s.Key, StringComparer.Ordinal).Select(s => s.Value.ToArray())];

    /// <summary>Notes a label.</summary>
    /// <returns>What tells its class.</returns>
    public string Add(string label)
    {
        var key = Key(label);
        if (!_spellings.TryGetValue(key, out var spellings)) _spellings.Add(key, spellings = new SortedSet<string>(ByLength));
        spellings.Add(label);
        return key;
    }

    /// <summary>An example whose labels are those of the classes.</summary>
    public TextExample Named(TextExample example, DataKind kind) => Renamed(example, kind, label => _spellings.TryGetValue(Key(label), out var spellings) ? spellings.Min! : label);

    /// <summary>An example whose labels are what tells their classes.</summary>
    public static TextExample Keyed(TextExample example, DataKind kind) => Renamed(example, kind, Key);

    private static string Key(string label) => LabelNumber.Of(label) is null ? TextIdentity.Visible(label) : LabelNumber.Key(label);

    private static TextExample Renamed(TextExample example, DataKind kind, Func<string, string> name) => kind switch
    {
        DataKind.TextClassification or DataKind.TextPairClassification => name(example.Label) is var label && label != example.Label ? example with { Label = label } : example,
        DataKind.MultiLabelClassification => TextExample.OfLabels(example.Text, example.Labels.Select(name)),
        _ => example,
    };
}
