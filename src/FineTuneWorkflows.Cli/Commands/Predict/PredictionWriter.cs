using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FineTuneWorkflows.Stages.Prediction;

namespace FineTuneWorkflows.Cli.Commands.Predict;

/// <summary>Predictions as JSON lines, or as a line for a person.</summary>
internal static class PredictionWriter
{
    // Output is a file or a terminal, never part of an HTML page: letters outside ASCII stay readable.
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Action<string, TextPrediction> For(TextWriter writer, bool readable) => (text, prediction) => writer.WriteLine(readable ? Line(prediction) : JsonLine(text, prediction));

    private static string Line(TextPrediction prediction) => prediction.Continuation is { } continuation ? continuation : prediction.Entities is { } entities
        ? entities.Count == 0 ? "no entities" : string.Join("  ", entities.Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.Text} [{e.Label} {e.Probability:0.000}]")))
        : $"{prediction.Label}  ({string.Join(", ", prediction.Probabilities.OrderByDescending(p => p.Value).Take(5).Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Key} {p.Value:0.000}")))})";

    private static string JsonLine(string text, TextPrediction prediction)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Json))
        {
            json.WriteStartObject();
            json.WriteString("text", text);
            if (prediction.Continuation is { } continuation)
                json.WriteString("continuation", continuation);
            else if (prediction.Entities is { } entities)
                WriteEntities(json, entities);
            else
                WriteClasses(json, prediction);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static void WriteClasses(Utf8JsonWriter json, TextPrediction prediction)
    {
        json.WriteString("label", prediction.Label);
        json.WriteStartObject("probabilities");
        foreach (var (label, probability) in prediction.Probabilities)
            json.WriteNumber(label, Math.Round(probability, 6));
        json.WriteEndObject();
    }

    private static void WriteEntities(Utf8JsonWriter json, IReadOnlyList<PredictedEntity> entities)
    {
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
}
