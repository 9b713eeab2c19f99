using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FineTuneWorkflows.Stages.Prediction;
using FineTuneWorkflows.Text.Datasets;

namespace FineTuneWorkflows.Cli.Commands.Predict;

/// <summary>Predictions as JSON lines, or as a line for a person.</summary>
internal static class PredictionWriter
{
    // Output is a file or a terminal, never part of an HTML page: letters outside ASCII stay readable.
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Action<TextExample, TextPrediction> For(TextWriter writer, bool readable) => (input, prediction) => writer.WriteLine(readable ? Line(prediction) : JsonLine(input, prediction));

    private static string Line(TextPrediction prediction) => prediction switch
    {
        { Continuation: { } continuation } => continuation,
        { Entities: { Count: 0 } } => "no entities",
        { Entities: { } entities } => string.Join("  ", entities.Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.Text} [{e.Label} {e.Probability:0.000}]"))),
        { Masks: { } masks } => string.Join("\n", masks.Select(mask => Shares(mask.Select(g => KeyValuePair.Create(g.Token.Trim(), g.Probability))))),
        { Labels: { } labels } => $"{(labels.Count == 0 ? "none" : string.Join(", ", labels))}  ({Likeliest(prediction)})",
        _ => $"{prediction.Label}  ({Likeliest(prediction)})",
    };

    private static string Likeliest(TextPrediction prediction) => Shares(prediction.Probabilities.OrderByDescending(p => p.Value).Take(5));

    private static string Shares(IEnumerable<KeyValuePair<string, double>> shares) => string.Join(", ", shares.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Key} {p.Value:0.000}")));

    private static string JsonLine(TextExample input, TextPrediction prediction)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Json))
        {
            json.WriteStartObject();
            WriteInput(json, input);
            if (prediction.Continuation is { } continuation)
                json.WriteString("continuation", continuation);
            else if (prediction.Entities is { } entities)
                WriteEntities(json, entities, prediction.Tags);
            else if (prediction.Masks is { } masks)
                WriteMasks(json, masks);
            else
                WriteClasses(json, prediction);
            if (prediction.CutTokens > 0)
                json.WriteNumber("cut_tokens", prediction.CutTokens);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static void WriteInput(Utf8JsonWriter json, TextExample input)
    {
        if (input.Words.Count > 0)
            WriteTexts(json, "tokens", input.Words);
        else if (input.Messages.Count > 0)
            WriteMessages(json, input);
        else
            json.WriteString("text", input.Text);
        if (input.Second is { } second)
            json.WriteString("second", second);
    }

    private static void WriteMessages(Utf8JsonWriter json, TextExample input)
    {
        json.WriteStartArray("messages");
        foreach (var message in input.Messages)
        {
            json.WriteStartObject();
            json.WriteString("role", message.Role);
            json.WriteString("content", message.Content);
            if (message.Fields is { } fields)
            {
                using var document = JsonDocument.Parse(fields);
                foreach (var field in document.RootElement.EnumerateObject())
                    field.WriteTo(json);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (input.Tools is { } tools)
        {
            json.WritePropertyName("tools");
            json.WriteRawValue(tools);
        }
    }

    private static void WriteClasses(Utf8JsonWriter json, TextPrediction prediction)
    {
        json.WriteString("label", prediction.Label);
        if (prediction.Labels is { } labels)
            WriteTexts(json, "labels", labels);
        json.WriteStartObject("probabilities");
        foreach (var (label, probability) in prediction.Probabilities)
            json.WriteNumber(label, Math.Round(probability, 6));
        json.WriteEndObject();
    }

    private static void WriteEntities(Utf8JsonWriter json, IReadOnlyList<PredictedEntity> entities, IReadOnlyList<string>? tags)
    {
        if (tags is not null)
            WriteTexts(json, "tags", tags);
        json.WriteStartArray("entities");
        foreach (var entity in entities)
        {
            json.WriteStartObject();
            json.WriteString("label", entity.Label);
            json.WriteNumber("start", entity.Start);
            json.WriteNumber("end", entity.End);
            json.WriteString("text", entity.Text);
            json.WriteNumber("probability", Math.Round(entity.Probability, 6));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteMasks(Utf8JsonWriter json, IReadOnlyList<IReadOnlyList<WordGuess>> masks)
    {
        json.WriteStartArray("masks");
        foreach (var mask in masks)
        {
            json.WriteStartArray();
            foreach (var guess in mask)
            {
                json.WriteStartObject();
                json.WriteString("token", guess.Token);
                json.WriteNumber("probability", Math.Round(guess.Probability, 6));
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
