using System.Text.Json;
using FineTuneWorkflows.Text.Datasets.Reading;
using FineTuneWorkflows.Text.Labelling;

namespace FineTuneWorkflows.Text.Datasets;

/// <summary>Writes and parses the lines of a dataset's files.</summary>
internal sealed class ExampleLine(DataKind kind)
{
    // Scores were compared with their range when they were fetched.
    private static readonly ReadOptions Columns = new() { MinScore = double.NegativeInfinity, MaxScore = double.PositiveInfinity };

    private readonly DatasetLine _line = new();
    private readonly JsonExample _parser = new(Columns, kind);

    /// <summary>Parses a line.</summary>
    /// <exception cref="TextDataException">The line is no such object, or a part of it is empty or missing.</exception>
    public TextExample Parse(ReadOnlySpan<byte> line, string path, long number)
    {
        if (kind == DataKind.TextClassification)
        {
            _line.Parse(line, path, number);
            return new TextExample(_line.Text.ToString(), _line.Label.ToString());
        }
        try
        {
            var reader = new Utf8JsonReader(line);
            using var document = JsonDocument.ParseValue(ref reader);
            if (reader.Read() || document.RootElement.ValueKind != JsonValueKind.Object) throw new JsonException();
            return _parser.Missing(document.RootElement) is { } missing
                ? throw new TextDataException($"the dataset is damaged: there is no '{missing}'", path, number)
                : _parser.Parse(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new TextDataException("the dataset is damaged: the line is not valid JSON", path, number, e);
        }
        catch (RowException e)
        {
            throw new TextDataException($"the dataset is damaged: {e.Message}", path, number, e);
        }
    }

    /// <summary>Writes an example as one line without its line break.</summary>
    public void Write(Utf8JsonWriter json, TextExample example)
    {
        json.WriteStartObject();
        switch (kind)
        {
            case DataKind.TokenClassification:
                // What words show when they are joined need not be said.
                if (example.Text != TextWords.Join(example.Words)) json.WriteString("text"u8, example.Text);
                List("tokens"u8, example.Words);
                List("tags"u8, example.Tags);
                break;
            case DataKind.Conversations:
                Messages(json, example);
                break;
            case DataKind.TextPairs or DataKind.TextTriplets or DataKind.ScoredTextPairs:
                Apart(json, example);
                break;
            default:
                json.WriteString("text"u8, example.Text);
                if (kind == DataKind.TextPairClassification) json.WriteString("second"u8, example.Second);
                if (kind == DataKind.MultiLabelClassification) List("labels"u8, example.Labels);
                if (kind.HasOneLabel()) json.WriteString("label"u8, example.Label);
                break;
        }
        json.WriteEndObject();
        json.Flush();

        void List(ReadOnlySpan<byte> name, IReadOnlyList<string> values)
        {
            json.WriteStartArray(name);
            foreach (var value in values) json.WriteStringValue(value);
            json.WriteEndArray();
        }
    }

    /// <summary>Refuses an example that lacks a part that its kind has.</summary>
    /// <exception cref="ArgumentException">A part is missing.</exception>
    public void Check(TextExample example)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(example.Text, nameof(example));
        if (kind.HasOneLabel()) ArgumentException.ThrowIfNullOrWhiteSpace(example.Label, nameof(example));
        var missing = kind switch
        {
            _ when (kind == DataKind.TextPairClassification || kind.IsForEmbeddings()) && string.IsNullOrWhiteSpace(example.Second) => "second text",
            DataKind.TextTriplets when string.IsNullOrWhiteSpace(example.Third) => "third text",
            DataKind.ScoredTextPairs when example.Score is not { } score || !double.IsFinite(score) => "score",
            DataKind.TokenClassification when example.Words.Count == 0 => "words",
            DataKind.Conversations when example.Messages.Count == 0 => "messages",
            DataKind.Conversations when !example.Messages.Any(m => m is { Role: "assistant", IsLearned: true }) => "answer to learn",
            _ => null,
        };
        if (missing is not null) throw new ArgumentException($"The example has no {missing}, which {kind} needs.", nameof(example));
    }

    private void Apart(Utf8JsonWriter json, TextExample example)
    {
        var columns = ExampleColumns.Of(Columns, kind);
        json.WriteString(columns.Text, example.Text);
        json.WriteString(columns.Second!, example.Second);
        if (columns.Third is { } third) json.WriteString(third, example.Third);
        if (columns.Answer is { } score) json.WriteNumber(score, example.Score!.Value);
    }

    private static void Messages(Utf8JsonWriter json, TextExample example)
    {
        json.WriteStartArray("messages"u8);
        foreach (var message in example.Messages)
        {
            json.WriteStartObject();
            json.WriteString("role"u8, message.Role);
            json.WriteString("content"u8, message.Content);
            if (message is { Role: "assistant", IsLearned: false }) json.WriteNumber("weight"u8, 0);
            if (message.Fields is { } fields)
            {
                using var document = JsonDocument.Parse(fields);
                foreach (var field in document.RootElement.EnumerateObject()) field.WriteTo(json);
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (example.Tools is { } tools)
        {
            json.WritePropertyName("tools"u8);
            json.WriteRawValue(tools);
        }
    }
}
