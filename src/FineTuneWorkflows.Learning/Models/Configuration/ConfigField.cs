using System.Text.Json;
using System.Text.Json.Nodes;

namespace FineTuneWorkflows.Learning.Models.Configuration;

/// <summary>A field of <c>config.json</c> and the property that holds it.</summary>
/// <param name="Name">The field's usual name; a family's table may have another, or none.</param>
/// <param name="Get">The property's value; null leaves the field out.</param>
/// <param name="Set">The configuration with the field's value, which <see cref="FieldValue"/> reads.</param>
/// <param name="Clear">The configuration where the field is null, which then has a meaning of its own and is written; null where it means the default.</param>
internal sealed record ConfigField<T>(string Name, Func<T, JsonNode?> Get, Func<T, FieldValue, T> Set, Func<T, T>? Clear = null);

/// <summary>The value of a field, read as what it must be.</summary>
internal readonly record struct FieldValue(string Path, string Name, JsonElement Element)
{
    public int Int() => Element.ValueKind == JsonValueKind.Number && Element.TryGetInt32(out int value) ? value : throw Wrong("a whole number");

    public double Number() => Element.ValueKind == JsonValueKind.Number && Element.TryGetDouble(out double value) && double.IsFinite(value)
        ? value : throw Wrong("a number");

    public bool Flag() => Element.ValueKind is JsonValueKind.True or JsonValueKind.False ? Element.GetBoolean() : throw Wrong("true or false");

    public string Text() => Element.ValueKind == JsonValueKind.String ? Element.GetString()! : throw Wrong("text");

    public IReadOnlyList<string> Texts()
    {
        if (Element.ValueKind != JsonValueKind.Array || Element.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String))
            throw Wrong("a list of texts");
        return [.. Element.EnumerateArray().Select(item => item.GetString()!)];
    }

    /// <summary>A number or a list of numbers.</summary>
    public IReadOnlyList<int> Ints()
    {
        if (Element.ValueKind != JsonValueKind.Array)
            return [Int()];
        FieldValue self = this;
        return [.. Element.EnumerateArray().Select(item => (self with { Element = item }).Int())];
    }

    public IReadOnlyDictionary<string, string> TextByText()
    {
        if (Element.ValueKind != JsonValueKind.Object)
            throw Wrong("an object");
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty property in Element.EnumerateObject())
            values[property.Name] = (this with { Name = $"{Name}.{property.Name}", Element = property.Value }).Text();
        return values;
    }

    public ModelException Wrong(string right)
    {
        string raw = Element.GetRawText();
        return new ModelException($"{Path}: {Name} is {(raw.Length > 60 ? raw[..60] + "..." : raw)}; it must be {right}.");
    }
}
