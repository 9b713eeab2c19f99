using FineTuneWorkflows.Text.Conversations;
using FineTuneWorkflows.Text.Labelling;

namespace FineTuneWorkflows.Text.Datasets;

/// <summary>One example of a dataset; which parts it has beside its text is told by the dataset's <see cref="DataKind"/>.</summary>
/// <param name="Text">The text, as it was read; never empty or white space. Of words that came without their text: these, as <see cref="TextWords.Join"/> joins them. Of a
/// conversation: its messages, a line each, the role and a colon first.</param>
/// <param name="Label">The class, without white space at the ends; empty for kinds that do not have one label.</param>
public sealed record TextExample(string Text, string Label = "")
{
    /// <summary>The second text of a pair or triplet, for embeddings the positive; else null.</summary>
    public string? Second { get; init; }

    /// <summary>The third text of <see cref="DataKind.TextTriplets"/>, the negative; else null.</summary>
    public string? Third { get; init; }

    /// <summary>How alike the texts of <see cref="DataKind.ScoredTextPairs"/> are, as the data says it; else null.</summary>
    public double? Score { get; init; }

    /// <summary>The labels of <see cref="DataKind.MultiLabelClassification"/>, different from each other and sorted ordinally; else none.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>The words of <see cref="DataKind.TokenClassification"/>; else none.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>What became of the text's entities on the way to tags; null where words came with tags.</summary>
    internal SpanCounts? Spans { get; init; }

    /// <summary>A tag for each word: <c>O</c>, or <c>B-</c> or <c>I-</c> and a kind of entity.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The messages of <see cref="DataKind.Conversations"/>; else none.</summary>
    public IReadOnlyList<ChatMessage> Messages { get; init; } = [];

    /// <summary>The tools that may be called in a conversation: a JSON list as its file has it; null where there are none.</summary>
    public string? Tools { get; init; }

    /// <summary>Multi-label: a text with several labels, or none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="labels">The labels; doubled ones count once.</param>
    public static TextExample OfLabels(string text, IEnumerable<string> labels) =>
        new(text) { Labels = [.. labels.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)] };

    /// <summary>Tagged words; tags become IOB2: an <c>I-</c> that continues nothing begins an entity and becomes <c>B-</c>.</summary>
    /// <param name="words">The words.</param>
    /// <param name="tags">A tag for each.</param>
    /// <param name="text">The text that the words are slices of, in their order. Default: none; then the words are joined.</param>
    /// <exception cref="ArgumentException">There are not as many tags as words.</exception>
    public static TextExample OfWords(IReadOnlyList<string> words, IReadOnlyList<string> tags, string? text = null)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(tags);
        if (words.Count != tags.Count) throw new ArgumentException($"There are {words.Count} words and {tags.Count} tags.", nameof(tags));
        return new TextExample(text ?? TextWords.Join(words)) { Words = [.. words], Tags = IobTags.Begun(tags) };
    }

    /// <summary>A conversation.</summary>
    /// <param name="messages">Its messages.</param>
    /// <param name="tools">The tools that may be called, see <see cref="Tools"/>.</param>
    public static TextExample OfMessages(IReadOnlyList<ChatMessage> messages, string? tools = null)
    {
        ArgumentNullException.ThrowIfNull(messages);
        // All that tells two conversations apart.
        var lines = messages.Select(m => $"{m.Role}: {m.Content}{m.Fields}");
        return new TextExample(string.Join('\n', tools is null ? lines : lines.Prepend($"tools: {tools}"))) { Messages = [.. messages], Tools = tools };
    }

    /// <summary>The labels that count for a class: the one, those of many, or the words' tags.</summary>
    internal IReadOnlyList<string> LabelsAs(DataKind kind) => kind switch
    {
        DataKind.TextClassification or DataKind.TextPairClassification => [Label],
        DataKind.MultiLabelClassification => Labels,
        DataKind.TokenClassification => Tags,
        _ => [],
    };
}
