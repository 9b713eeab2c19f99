namespace FineTuneWorkflows.Text.Datasets;

/// <summary>Tells whether two examples are the same, and whether they answer the same, by hashes; see <see cref="TextIdentity"/>.</summary>
internal static class ExampleIdentity
{
    private const char Divider = '\u001F';

    /// <summary>The identity of what a model is given: the text, all texts of a pair or triplet, a conversation's messages.</summary>
    public static UInt128 Of(TextExample example) => TextIdentity.Of(Given(example));

    /// <summary>A hash of the same as it is written.</summary>
    public static ulong Exact(TextExample example) => (ulong)TextIdentity.Hash(Given(example));

    /// <summary>A hash of what a model is to answer; 0 where nothing is.</summary>
    public static ulong Answer(TextExample example, DataKind kind) =>
        kind.HasLabels() ? (ulong)TextIdentity.Hash(string.Join(Divider, example.LabelsAs(kind)))
        : example.Score is { } score ? (ulong)BitConverter.DoubleToInt64Bits(score) : 0;

    private static string Given(TextExample example) =>
        string.Join(Divider, new[] { example.Text, example.Second, example.Third }.OfType<string>());
}
