using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FineTuneWorkflows.Learning.Models.Configuration;

/// <summary>How rotary positions are stretched beyond the length of pre-training.</summary>
/// <param name="Kind"><c>linear</c> (Chen et al. 2023, arXiv:2306.15595) or <c>llama3</c> (Grattafiori et al. 2024, arXiv:2407.21783).</param>
/// <param name="Factor">By how much.</param>
/// <param name="LowFrequencyFactor">llama3: wavelengths above the original length over this are stretched in full.</param>
/// <param name="HighFrequencyFactor">llama3: wavelengths below the original length over this are not stretched.</param>
/// <param name="OriginalMaxPositions">llama3: the length of pre-training.</param>
public sealed record RopeScaling(string Kind, double Factor, double LowFrequencyFactor, double HighFrequencyFactor, int OriginalMaxPositions)
{
    private static readonly string[] Known = ["linear", "llama3"];

    private JsonElement Raw { get; init; }

    internal static RopeScaling? Read(FieldValue field)
    {
        if (field.Element.ValueKind != JsonValueKind.Object)
            throw field.Wrong("an object");
        string kind = Find("rope_type") is { } type ? type.Text() : Find("type") is { } old ? old.Text() : throw field.Wrong("an object with rope_type");
        if (kind == "default")
            return null;
        return new RopeScaling(
            kind, Find("factor")?.Number() ?? 1, Find("low_freq_factor")?.Number() ?? 1, Find("high_freq_factor")?.Number() ?? 4,
            Find("original_max_position_embeddings")?.Int() ?? 8192)
        {
            Raw = field.Element.Clone(),
        };

        FieldValue? Find(string name) => field.Element.TryGetProperty(name, out JsonElement value)
            ? new FieldValue(field.Path, $"{field.Name}.{name}", value) : null;
    }

    /// <summary>A rotation's frequency, in radians per position, after stretching.</summary>
    internal double Apply(double frequency)
    {
        if (Kind == "linear")
            return frequency / Factor;
        double turns = OriginalMaxPositions * frequency / (2 * Math.PI);
        double unstretched = Math.Clamp((turns - LowFrequencyFactor) / (HighFrequencyFactor - LowFrequencyFactor), 0, 1);
        return ((1 - unstretched) * frequency / Factor) + (unstretched * frequency);
    }

    internal JsonNode? ToJson() => Raw.ValueKind == JsonValueKind.Undefined
        ? new JsonObject
        {
            ["rope_type"] = Kind,
            ["factor"] = Factor,
            ["low_freq_factor"] = LowFrequencyFactor,
            ["high_freq_factor"] = HighFrequencyFactor,
            ["original_max_position_embeddings"] = OriginalMaxPositions,
        }
        : JsonNode.Parse(Raw.GetRawText());

    internal void Check(string source)
    {
        if (!Known.Contains(Kind))
            throw new ModelException($"{source}: rope_scaling.rope_type is {Kind}; supported are {string.Join(", ", Known)}.");
        if (!(Factor > 0) || !(HighFrequencyFactor > LowFrequencyFactor) || OriginalMaxPositions <= 0)
            throw new ModelException(string.Create(
                CultureInfo.InvariantCulture,
                $"{source}: rope_scaling has factor {Factor}, low_freq_factor {LowFrequencyFactor}, high_freq_factor {HighFrequencyFactor} and ")
                + string.Create(
                    CultureInfo.InvariantCulture,
                    $"original_max_position_embeddings {OriginalMaxPositions}; they must be above 0, and the high factor above the low one."));
    }
}
