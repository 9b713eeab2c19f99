using System.Text.Json;
using FineTuneWorkflows.Text.Conversations;

namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>
/// Messages of a conversation in JSON. <c>role</c> and <c>content</c>, or ShareGPT's <c>from</c> and <c>value</c>; content may be a list of text parts, which are joined; <c>weight</c> 0 or
/// <c>train</c> false keep an answer from being learned. All else is kept for the chat template, but for what is empty: <c>tool_calls</c> with their arguments as objects (OpenAI writes them
/// as text; templates take objects), and any other field.
/// </summary>
internal static class JsonMessages
{
    private const string Role = "role", Content = "content", From = "from", Value = "value", Calls = "tool_calls";

    private static readonly string[] Weights = ["weight", "train"];
    private static readonly string[] Own = [Role, Content, .. Weights];

    /// <summary>What a list of messages holds.</summary>
    public static List<ChatMessage> Read(JsonElement list, string name, ReadOptions options)
    {
        if (list.ValueKind != JsonValueKind.Array) throw new RowException($"'{name}' is not a list");
        var messages = new List<ChatMessage>(list.GetArrayLength());
        foreach (var element in list.EnumerateArray()) messages.Add(Message(element, messages.Count + 1, options));
        return messages;
    }

    /// <summary>One text of somebody, or a list of messages.</summary>
    public static List<ChatMessage> Part(JsonElement element, string name, string role, ReadOptions options) =>
        element.ValueKind == JsonValueKind.Array ? Read(element, name, options) : [new(role, Text(element, name))];

    /// <summary>A text that is not empty.</summary>
    public static string Text(JsonElement element, string name) =>
        JsonField.Text(element, name) is { } text && !string.IsNullOrWhiteSpace(text) ? text : throw new RowException($"the '{name}' is empty");

    /// <summary>What a weight says; null where it is none.</summary>
    public static bool? Weight(JsonElement weight) => weight.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number when weight.TryGetDouble(out var number) && number is 0 or 1 => number == 1,
        _ => null,
    };

    private static ChatMessage Message(JsonElement element, int number, ReadOptions options)
    {
        if (element.ValueKind != JsonValueKind.Object) throw Wrong();
        var isShareGpt = !element.TryGetProperty(Role, out var who) && element.TryGetProperty(From, out who);
        if (who.ValueKind == JsonValueKind.Undefined) throw Wrong();
        var role = JsonField.Text(who, isShareGpt ? From : Role) ?? "";
        if (isShareGpt) role = role switch { "human" => "user", "gpt" => "assistant", "observation" => "tool", _ => role };
        if (!ChatEncoder.Roles.Contains(role, StringComparer.Ordinal))
            throw new RowException($"message {number} has the role '{role}', which is unknown; write {string.Join(", ", ChatEncoder.Roles)}");
        if (number > 1 && role is "system" or "developer") throw new RowException($"message {number} is the {role}'s; only the first may be");

        var fields = element.EnumerateObject()
            .Where(m => !Own.Contains(m.Name, StringComparer.Ordinal) && !(isShareGpt && m.Name is From or Value) && !options.IgnoredFields.Contains(m.Name, StringComparer.Ordinal) && !CanonicalJson.IsEmpty(m.Value))
            .DistinctBy(m => m.Name, StringComparer.Ordinal).ToList();
        var hasContent = element.TryGetProperty(isShareGpt ? Value : Content, out var content) && content.ValueKind != JsonValueKind.Null;
        if (!hasContent && !fields.Exists(f => f.Name == Calls)) throw Wrong();
        var name = isShareGpt ? Value : Content;
        return new ChatMessage(role, hasContent ? Said(content, name, number, mayBeEmpty: role == "tool" || fields.Exists(f => f.Name == Calls)) : null)
        {
            IsLearned = IsLearned(element, role, number, options),
            Fields = fields.Count == 0 ? null : CanonicalJson.Text(json => Write(json, fields, number)),
        };

        RowException Wrong() => new($"message {number} is {Shortened(element)}; a message is {{\"role\": \"user\", \"content\": ...}}");
    }

    private static string Said(JsonElement content, string name, int number, bool mayBeEmpty)
    {
        var text = content.ValueKind == JsonValueKind.Array ? string.Concat(content.EnumerateArray().Select(Part)) : JsonField.Text(content, name);
        return mayBeEmpty || !string.IsNullOrWhiteSpace(text) ? text ?? "" : throw new RowException($"the '{name}' of message {number} is empty");

        string? Part(JsonElement part)
        {
            if (part.ValueKind == JsonValueKind.String) return part.GetString();
            if (part.ValueKind != JsonValueKind.Object || !part.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String)
                throw new RowException($"message {number} has a part {Shortened(part)}; a part is {{\"type\": \"text\", \"text\": ...}}");
            if (!type.ValueEquals("text") || !part.TryGetProperty("text", out var own))
                throw new RowException($"message {number} has a part of the type '{type.GetString()}'; models here learn from text alone, so take such conversations out");
            var other = part.EnumerateObject().FirstOrDefault(m => m.Name is not ("type" or "text") && !CanonicalJson.IsEmpty(m.Value));
            return other.Value.ValueKind == JsonValueKind.Undefined ? JsonField.Text(own, "text")
                : throw new RowException($"message {number} has a part of text with '{other.Name}', which no chat template would write");
        }
    }

    private static bool IsLearned(JsonElement message, string role, int number, ReadOptions options)
    {
        var learned = true;
        foreach (var name in Weights)
        {
            if (!message.TryGetProperty(name, out var given) || given.ValueKind == JsonValueKind.Null || options.IgnoredFields.Contains(name, StringComparer.Ordinal)) continue;
            var weight = Weight(given)
                ?? throw new RowException($"message {number} has the {name} {Shortened(given)}; it is 1 or 0, true or false: whether the answer is learned");
            if (weight && role != "assistant")
                throw new RowException($"message {number} is the {role}'s and has the {name} {given.GetRawText()}, but only what the assistant says is learned; take it out, or pass it over with IgnoredFields={name}");
            learned &= weight;
        }
        // What others say is never learned; the flag counts for answers.
        return learned || role != "assistant";
    }

    private static void Write(Utf8JsonWriter json, List<JsonProperty> fields, int number)
    {
        json.WriteStartObject();
        foreach (var field in fields)
        {
            if (field.Name != Calls) field.WriteTo(json);
            else WriteCalls(json, field.Value, number);
        }
        json.WriteEndObject();
    }

    private static void WriteCalls(Utf8JsonWriter json, JsonElement calls, int number)
    {
        if (calls.ValueKind != JsonValueKind.Array) throw WrongCall(calls, number);
        json.WriteStartArray(Calls);
        foreach (var call in calls.EnumerateArray())
        {
            // Some files leave "function" out around name and arguments; their templates take them so.
            var function = call.ValueKind != JsonValueKind.Object ? throw WrongCall(call, number) : call.TryGetProperty("function", out var inner) ? inner : call;
            if (function.ValueKind != JsonValueKind.Object || !function.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String) throw WrongCall(call, number);
            json.WriteStartObject();
            foreach (var member in call.EnumerateObject())
            {
                if (member.Name == "function")
                {
                    json.WriteStartObject(member.Name);
                    foreach (var part in member.Value.EnumerateObject()) WriteMember(json, part, number);
                    json.WriteEndObject();
                }
                else
                {
                    WriteMember(json, member, number);
                }
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteMember(Utf8JsonWriter json, JsonProperty member, int number)
    {
        if (member.Name != "arguments" || member.Value.ValueKind == JsonValueKind.Object)
        {
            member.WriteTo(json);
            return;
        }
        try
        {
            using var document = JsonDocument.Parse(member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : "", CanonicalJson.Inner);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                json.WritePropertyName(member.Name);
                document.RootElement.WriteTo(json);
                return;
            }
        }
        catch (JsonException)
        {
            // Said below.
        }
        throw new RowException($"message {number} calls a tool with the arguments {Shortened(member.Value)}; they are an object, or a text that is one: \"{{\\\"city\\\": \\\"Lima\\\"}}\"");
    }

    private static RowException WrongCall(JsonElement call, int number) =>
        new($"message {number} calls a tool by {Shortened(call)}; a call is {{\"type\": \"function\", \"function\": {{\"name\": ..., \"arguments\": ...}}}}");

    private static string Shortened(JsonElement element) => element.GetRawText() is { Length: > 80 } raw ? raw[..80] + "..." : element.GetRawText();
}
