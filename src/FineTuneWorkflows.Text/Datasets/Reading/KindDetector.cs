using System.Text.Json;
using FineTuneWorkflows.Text.Files;

namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>Tells what the rows of a file are: by the options and the format, else by what the first JSON object has.</summary>
internal static class KindDetector
{
    public static DataKind Of(DataFormat format, ReadOptions options, Func<LineReader> open)
    {
        if (format == DataFormat.Conll) return DataKind.TokenClassification;
        if (format == DataFormat.Text) return DataKind.PlainText;
        if (options.SecondColumn is not null) return DataKind.TextPairClassification;
        if (options.LabelSeparator is not null) return DataKind.MultiLabelClassification;
        return format == DataFormat.Jsonl ? OfFirstObject(options, open) : options.WithLabels ? DataKind.TextClassification : DataKind.PlainText;
    }

    private static DataKind OfFirstObject(ReadOptions options, Func<LineReader> open)
    {
        using var reader = open();
        while (reader.Read())
        {
            try
            {
                using var document = JsonDocument.Parse(reader.Line);
                if (document.RootElement.ValueKind == JsonValueKind.Object) return OfObject(document.RootElement, options);
            }
            catch (JsonException)
            {
                // A bad row; whoever reads the rows names it. The next one may tell.
                continue;
            }
        }
        return options.WithLabels ? DataKind.TextClassification : DataKind.PlainText;
    }

    private static DataKind OfObject(JsonElement root, ReadOptions options)
    {
        if (!options.WithLabels)
            return Has(options.TextColumn) ? DataKind.PlainText : Has("tokens") ? DataKind.TokenClassification
                : JsonConversation.Has(root, withAnswer: false) ? DataKind.Conversations : DataKind.PlainText;
        if (Has(options.TextColumn) && Has(options.LabelColumn))
            return root.GetProperty(options.LabelColumn).ValueKind == JsonValueKind.Array ? DataKind.MultiLabelClassification : DataKind.TextClassification;
        if (Has("entities") || (Has("tokens") && Has("tags"))) return DataKind.TokenClassification;
        if (JsonConversation.Has(root, withAnswer: true)) return DataKind.Conversations;
        if (Has(options.TextColumn) && root.TryGetProperty("labels", out var labels) && labels.ValueKind == JsonValueKind.Array)
            return DataKind.MultiLabelClassification;
        return DataKind.TextClassification;

        bool Has(string name) => root.TryGetProperty(name, out _);
    }
}
