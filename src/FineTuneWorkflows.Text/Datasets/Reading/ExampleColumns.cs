namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>The columns that an example of a kind is read from: those that the options name, else the kind's usual ones.</summary>
/// <param name="Text">The text, or the first of several.</param>
/// <param name="Second">The second text; null where there is one text.</param>
/// <param name="Third">The third text; null where there are two at most.</param>
/// <param name="Answer">The label, the labels or the score; null where there is none, or none is read.</param>
internal sealed record ExampleColumns(string Text, string? Second, string? Third, string? Answer)
{
    private static readonly string Untold = new ReadOptions().TextColumn;

    /// <summary>The usual names of first and second texts, by kind; of several the first is the one that is written.</summary>
    private static readonly Dictionary<DataKind, (string First, string Second)[]> Usual = new()
    {
        [DataKind.TextPairs] = [("anchor", "positive"), (Untold, "positive")],
        [DataKind.TextTriplets] = [("anchor", "positive"), (Untold, "positive")],
        [DataKind.ScoredTextPairs] = [("text_a", "text_b"), ("sentence1", "sentence2"), (Untold, "second")],
    };

    /// <summary>All of them, in the order of texts and answer.</summary>
    public IEnumerable<string> Names => new[] { Text, Second, Third, Answer }.OfType<string>();

    /// <summary>The columns of a kind.</summary>
    /// <param name="options">What the user named.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="has">Whether there is a column of a name, which tells between several usual names; null takes the first.</param>
    public static ExampleColumns Of(ReadOptions options, DataKind kind, Func<string, bool>? has = null)
    {
        var possible = Possible(options, kind);
        return (has is null ? null : possible.Find(columns => columns.Names.All(has))) ?? possible[0];
    }

    /// <summary>What else than texts with labels a file's columns show; null where they show nothing.</summary>
    /// <param name="options">What the user named.</param>
    /// <param name="has">Whether there is a column of a name.</param>
    public static DataKind? KindShown(ReadOptions options, Func<string, bool> has) =>
        ((DataKind[])[DataKind.TextTriplets, DataKind.TextPairs, DataKind.ScoredTextPairs])
            .Where(kind => Possible(options, kind).Exists(columns => columns.Text != Untold && columns.Names.All(has)))
            .Select(kind => (DataKind?)kind).FirstOrDefault();

    /// <summary>All sets of names by which <see cref="KindShown"/> tells kinds.</summary>
    public static IEnumerable<IReadOnlyList<string>> Telling(ReadOptions options) => Usual.Keys.OrderBy(kind => kind != DataKind.TextTriplets)
        .SelectMany(kind => Possible(options, kind)).Where(columns => columns.Text != Untold).Select(columns => columns.Names.ToList());

    /// <summary>All sets of names that a kind may have.</summary>
    public static List<ExampleColumns> Possible(ReadOptions options, DataKind kind)
    {
        var answer = !options.WithLabels ? null : kind == DataKind.ScoredTextPairs ? options.ScoreName : kind.HasLabels() ? options.LabelColumn : null;
        var third = kind == DataKind.TextTriplets ? options.NegativeName : null;
        if (!Usual.TryGetValue(kind, out var usual))
            return [new(options.TextColumn, kind == DataKind.TextPairClassification ? options.SecondName : null, third, answer)];
        var names = options.TextColumn != Untold ? [(options.TextColumn, usual[0].Second)] : usual;
        return [.. names.Select(name => new ExampleColumns(name.Item1, options.SecondColumn ?? name.Item2, third, answer))];
    }
}
