using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FineTuneWorkflows.Tracking.Events;

/// <summary>Takes secrets out of JSON that is sent as a file: each text is masked as <see cref="SecretMask"/> does, and all texts below a key that says it is secret.</summary>
public static class MaskedJson
{
    private static readonly JsonDocumentOptions Reading = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private static readonly JsonSerializerOptions Writing = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The JSON without secrets, indented.</summary>
    /// <param name="json">JSON; comments and trailing commas are allowed and lost.</param>
    /// <param name="mask">What is secret.</param>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static string Of(string json, SecretMask mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        var node = JsonNode.Parse(json, documentOptions: Reading);
        return (Masked(node, mask, key: "", secret: false)?.ToJsonString(Writing) ?? "null") + "\n";
    }

    private static JsonNode? Masked(JsonNode? node, SecretMask mask, string key, bool secret)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members.ToList())
                    members[name] = Masked(Detached(value), mask, name, secret || mask.IsSecretKey(name));
                return members;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++)
                    items[i] = Masked(Detached(items[i]), mask, key, secret);
                return items;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                var text = value.GetValue<string>();
                return JsonValue.Create(secret && text.Length > 0 ? SecretMask.Shown : mask.Mask(key, text));
            default:
                return node;
        }
    }

    // A node can stand in one place only.
    private static JsonNode? Detached(JsonNode? node) => node?.DeepClone();
}
