using System.Text.Json;
using FineTuneWorkflows.Text.Labelling;

namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>
/// Makes examples of JSON objects. A label may be a string, a number or a boolean, a text must be a string. Words with tags stand there as such or as
/// a text with entities; a conversation as messages or as prompt and completion.
/// </summary>
internal sealed class JsonExample(ReadOptions options, DataKind kind)
{
    private const string Tokens = "tokens", Tags = "tags", Entities = "entities", ManyLabels = "labels";

    private readonly ExampleFields _fields = new(options, kind);
    private readonly SpanReader _spans = new(options);

    /// <summary>The scheme that tags have.</summary>
    public TagScheme Scheme { get; } = new();

    /// <summary>What an object must look like.</summary>
    public string Shape => kind switch
    {
        DataKind.TextPairClassification => $"{{\"{options.TextColumn}\": ..., \"{options.SecondName}\": ..., \"{options.LabelColumn}\": ...}}",
        DataKind.MultiLabelClassification => $"{{\"{options.TextColumn}\": ..., \"{options.LabelColumn}\": [...]}}",
        DataKind.TokenClassification => $"{{\"tokens\": [...], \"tags\": [...]}} or {{\"{options.TextColumn}\": ..., \"entities\": [...]}}",
        DataKind.PlainText => $"{{\"{options.TextColumn}\": ...}}",
        DataKind.Conversations => JsonConversation.Shape,
        DataKind.TextPairs or DataKind.TextTriplets or DataKind.ScoredTextPairs =>
            $"{{{string.Join(", ", ExampleColumns.Of(options, kind).Names.Select(name => $"\"{name}\": ..."))}}}",
        _ => $"{{\"{options.TextColumn}\": ..., \"{options.LabelColumn}\": ...}}",
    };

    /// <summary>The first column that is missing, or null.</summary>
    public string? Missing(JsonElement root)
    {
        string[] wanted = !options.WithLabels ? Unlabelled(root) : kind switch
        {
            DataKind.TextPairClassification => [options.TextColumn, options.SecondName, options.LabelColumn],
            DataKind.MultiLabelClassification => [options.TextColumn, LabelName(root)],
            DataKind.TokenClassification => root.TryGetProperty(Entities, out _) ? [options.TextColumn, Entities] : [Tokens, Tags],
            DataKind.PlainText => [options.TextColumn],
            DataKind.Conversations => JsonConversation.Columns(root, withAnswer: true),
            DataKind.TextPairs or DataKind.TextTriplets or DataKind.ScoredTextPairs => [.. Columns(root).Names],
            _ => [options.TextColumn, options.LabelColumn],
        };
        return wanted.FirstOrDefault(name => !root.TryGetProperty(name, out _));
    }

    private string[] Unlabelled(JsonElement root) => kind switch
    {
        DataKind.TextPairClassification => [options.TextColumn, options.SecondName],
        DataKind.TextPairs or DataKind.TextTriplets or DataKind.ScoredTextPairs => [.. Columns(root).Names],
        DataKind.TokenClassification => [Tokens],
        DataKind.Conversations => JsonConversation.Columns(root, withAnswer: false),
        _ => [options.TextColumn],
    };

    /// <summary>The example; no column is missing.</summary>
    /// <exception cref="RowException">A field is empty or not what it must be.</exception>
    public TextExample Parse(JsonElement root) => kind switch
    {
        DataKind.MultiLabelClassification => TextExample.OfLabels(_fields.Text(Text(root)), Labels(root)),
        DataKind.TokenClassification when !options.WithLabels => Divided(root),
        DataKind.TokenClassification => root.TryGetProperty(Entities, out var entities) ? Marked(root, entities) : Tagged(root),
        DataKind.Conversations => JsonConversation.Parse(root, options),
        _ => Single(root, Columns(root)),
    };

    private ExampleColumns Columns(JsonElement root) => ExampleColumns.Of(options, kind, name => root.TryGetProperty(name, out _));

    private TextExample Single(JsonElement root, ExampleColumns columns)
    {
        return _fields.Of(columns, Text(columns.Text), Text(columns.Second), Text(columns.Third), columns.Answer is { } name ? Scalar(root, name) : null);

        string? Text(string? name) => name is null ? null : JsonField.Text(root.GetProperty(name), name);
    }

    private string? Text(JsonElement root) => JsonField.Text(root.GetProperty(options.TextColumn), options.TextColumn);

    private static string? Scalar(JsonElement root, string name) => JsonField.TryScalar(root.GetProperty(name), out var value) ? value
        : throw new RowException($"'{name}' is not a string, a number or a boolean");

    private string LabelName(JsonElement root) =>
        options.LabelColumn == "label" && !root.TryGetProperty("label", out _) && root.TryGetProperty(ManyLabels, out _) ? ManyLabels : options.LabelColumn;

    private IEnumerable<string> Labels(JsonElement root)
    {
        var name = LabelName(root);
        var field = root.GetProperty(name);
        if (field.ValueKind == JsonValueKind.Null) return [];
        if (field.ValueKind == JsonValueKind.Array)
        {
            var labels = JsonField.List(field, name).Select(l => l.Trim()).ToList();
            return labels.TrueForAll(l => l.Length > 0) ? labels : throw new RowException($"'{name}' holds an empty label");
        }
        return JsonField.TryScalar(field, out var one) && one is not null ? _fields.Divide(one) : throw new RowException($"'{name}' is not a list of labels");
    }

    private static List<string> Words(JsonElement root)
    {
        var words = JsonField.List(root.GetProperty(Tokens), Tokens);
        if (words.Count == 0) throw new RowException($"'{Tokens}' is empty");
        var empty = words.FindIndex(string.IsNullOrWhiteSpace);
        return empty < 0 ? words : throw new RowException($"the token {empty + 1} is empty");
    }

    private static TextExample Divided(JsonElement root)
    {
        var words = Words(root);
        return new TextExample(TextWords.Join(words)) { Words = words };
    }

    private TextExample Tagged(JsonElement root)
    {
        var words = Words(root);
        var tags = JsonField.List(root.GetProperty(Tags), Tags);
        if (words.Count != tags.Count) throw new RowException($"there are {words.Count} tokens and {tags.Count} tags; each token needs one");
        return tags.Find(t => !TagScheme.IsTag(t)) is { } bad ? throw new RowException(TagScheme.Refusal(bad)) : TextExample.OfWords(words, Scheme.ToIob2(tags), OwnText(root, words));
    }

    private TextExample Marked(JsonElement root, JsonElement entities)
    {
        var text = _fields.Text(Text(root));
        if (entities.ValueKind != JsonValueKind.Array) throw new RowException($"'{Entities}' is not a list");
        return _spans.Tag(text, entities.EnumerateArray().Select(Entity).ToList());
    }

    /// <summary>The text that stands beside words, if they are its own.</summary>
    private string? OwnText(JsonElement root, List<string> words) =>
        root.TryGetProperty(options.TextColumn, out var field) && field.ValueKind == JsonValueKind.String && JsonField.Text(field, options.TextColumn) is { } text
        && TextWords.Locate(text, words) is not null ? text : null;

    private static EntitySpan Entity(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty("start", out var start) && element.TryGetProperty("end", out var end)
            && element.TryGetProperty("label", out var label) && start.ValueKind == JsonValueKind.Number && start.TryGetInt32(out var from)
            && end.ValueKind == JsonValueKind.Number && end.TryGetInt32(out var to) && label.ValueKind == JsonValueKind.String
            && JsonField.Text(label, "label") is { } name && !string.IsNullOrWhiteSpace(name))
            return new EntitySpan(from, to, name.Trim());
        throw new RowException($"'{Entities}' holds {element.GetRawText()}; an entity is {{\"start\": 0, \"end\": 4, \"label\": \"PER\"}}");
    }
}
