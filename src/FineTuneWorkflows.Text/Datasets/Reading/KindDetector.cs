using System.Text.Json;
using FineTuneWorkflows.Text.Files;

namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>Tells what the rows of a file are: by the options and the format, else by what the first JSON object or the header of a table has.</summary>
internal static class KindDetector
{
    public static DataKind Of(DataFormat format, ReadOptions options, Func<LineReader> open)
    {
        if (format == DataFormat.Conll) return DataKind.TokenClassification;
        if (format == DataFormat.Text) return DataKind.PlainText;
        if (options.NegativeColumn is not null) return DataKind.TextTriplets;
        if (options.ScoreColumn is not null) return DataKind.ScoredTextPairs;
        if (options.SecondColumn is not null) return DataKind.TextPairClassification;
        if (options.LabelSeparator is not null) return DataKind.MultiLabelClassification;
        return format == DataFormat.Jsonl ? OfFirstObject(options, open) : options.WithLabels ? OfTable(format, options, open) : DataKind.PlainText;
    }

    // Of a table without such columns the reader says what is missing.
    private static DataKind OfTable(DataFormat format, ReadOptions options, Func<LineReader> open)
    {
        var header = TableDetector.Header(open, format, options, [[options.TextColumn, options.LabelColumn], .. ExampleColumns.Telling(options)]);
        return header is null || (header.Contains(options.TextColumn) && header.Contains(options.LabelColumn))
            ? DataKind.TextClassification : ExampleColumns.KindShown(options, header.Contains) ?? DataKind.TextClassification;
    }

    private static DataKind OfFirstObject(ReadOptions options, Func<LineReader> open)
    {
        using var reader = open();
        while (reader.Read())
        {
            // A bad row is named by whoever reads the rows; the next one may tell.
            _ = JsonLine.Parse(reader.Line, out var document);
            using (document)
                if (document?.RootElement is { ValueKind: JsonValueKind.Object } root) return OfObject(root, options);
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
        return ExampleColumns.KindShown(options, Has) ?? DataKind.TextClassification;

        bool Has(string name) => root.TryGetProperty(name, out _);
    }
}
