using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FineTuneWorkflows.Benchmarks.Harness;

/// <summary>Results as a table (Markdown, so that it can go into a README as it is) or as JSON.</summary>
internal static class ResultTable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string ToJson(IReadOnlyList<BenchmarkResult> results) => JsonSerializer.Serialize(results, Json);

    public static string ToText(IReadOnlyList<BenchmarkResult> results)
    {
        string[] heads = ["benchmark", "value", "unit", "rival", "rival's", "ratio", "goal", "holds"];
        List<string[]> rows = [heads, .. results.Select(r => (string[])[r.Name, Number(r.Value) + Spread(r.Deviation), r.Unit, r.Rival ?? "", Number(r.RivalValue) + Spread(r.RivalDeviation), Number(r.Ratio), r.Goal, r.Holds ? "yes" : "NO"])];
        var widths = heads.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        rows.Insert(1, [.. widths.Select(width => new string('-', width))]);
        return string.Join('\n', rows.Select(row => "| " + string.Join(" | ", row.Select((cell, column) => cell.PadRight(widths[column]))) + " |"));
    }

    private static string Spread(double? deviation) => deviation is { } known ? " ± " + Number(known) : "";

    private static string Number(double? value) => value switch
    {
        null => "",
        >= 10_000 => value.Value.ToString("#,0", CultureInfo.InvariantCulture),
        _ => value.Value.ToString("0.###", CultureInfo.InvariantCulture),
    };
}
