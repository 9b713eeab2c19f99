using System.Text.Json;

namespace FineTuneWorkflows.Benchmarks.Tracking;

/// <summary>Reads bodies of <c>runs/log-batch</c>, straight from their bytes.</summary>
internal static class LogBatchBody
{
    /// <summary>The run that the body is for.</summary>
    public static string RunOf(ReadOnlySpan<byte> body)
    {
        var json = new Utf8JsonReader(body);
        while (json.Read())
            if (json.TokenType == JsonTokenType.PropertyName && json.CurrentDepth == 1 && json.ValueTextEquals("run_id"u8))
            {
                json.Read();
                return json.GetString()!;
            }

        throw new JsonException("run_id is missing");
    }

    /// <summary>Puts the metrics, and the tags, into the run.</summary>
    /// <param name="body">The body.</param>
    /// <param name="run">The run.</param>
    /// <param name="keys">The keys of metrics seen so far: each is kept once.</param>
    /// <returns>How many metrics there were.</returns>
    public static int Read(ReadOnlySpan<byte> body, ListenedRun run, Dictionary<string, string> keys)
    {
        var metrics = 0;
        var json = new Utf8JsonReader(body);
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName || json.CurrentDepth != 1)
                continue;
            var (isMetrics, isTags) = (json.ValueTextEquals("metrics"u8), json.ValueTextEquals("tags"u8));
            json.Read();
            if (json.TokenType != JsonTokenType.StartArray)
                continue;
            while (json.Read() && json.TokenType == JsonTokenType.StartObject)
            {
                var item = Item(ref json);
                if (isMetrics)
                {
                    metrics++;
                    if (!keys.TryGetValue(item.Key, out var key))
                        keys[item.Key] = key = item.Key;
                    if (!run.Points.Add(new(key, item.Step, item.Time, item.Number)))
                        run.Again++;
                }
                else if (isTags)
                    run.Tags[item.Key] = item.Text;
            }
        }

        return metrics;
    }

    private static (string Key, string Text, double Number, long Time, long Step) Item(ref Utf8JsonReader json)
    {
        var (key, text, number, time, step) = ("", "", 0.0, 0L, 0L);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("key"u8))
            {
                json.Read();
                key = json.GetString()!;
            }
            else if (json.ValueTextEquals("value"u8))
            {
                json.Read();
                if (json.TokenType == JsonTokenType.Number)
                    number = json.GetDouble();
                else
                    text = json.GetString()!;
            }
            else if (json.ValueTextEquals("timestamp"u8))
                time = Whole(ref json);
            else if (json.ValueTextEquals("step"u8))
                step = Whole(ref json);
            else
            {
                json.Read();
                json.Skip();
            }
        }

        return (key, text, number, time, step);
    }

    // Protobuf's JSON, which Python's client sends, writes 64-bit numbers as texts where it feels like it.
    private static long Whole(ref Utf8JsonReader json)
    {
        json.Read();
        return json.TokenType == JsonTokenType.Number ? json.GetInt64() : long.Parse(json.GetString()!, System.Globalization.CultureInfo.InvariantCulture);
    }
}
