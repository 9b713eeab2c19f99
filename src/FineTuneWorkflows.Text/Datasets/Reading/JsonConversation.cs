using System.Text.Json;
using FineTuneWorkflows.Text.Conversations;

namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>
/// Conversations in JSON: <c>{"messages":[{"role","content"}]}</c> with the roles system, user and assistant, or <c>{"prompt","completion"}</c>. A
/// conversation must have an answer to learn from.
/// </summary>
internal static class JsonConversation
{
    public const string Messages = "messages", Prompt = "prompt", Completion = "completion";

    private static readonly string[] Roles = ["system", "user", "assistant"];

    /// <param name="root">The object.</param>
    /// <param name="withAnswer">Whether there is an answer to learn from; else one is to be given.</param>
    public static TextExample Parse(JsonElement root, bool withAnswer)
    {
        List<ChatMessage> messages = root.TryGetProperty(Prompt, out var prompt)
            ? [new("user", Text(prompt, Prompt)), .. withAnswer ? [new ChatMessage("assistant", Text(root.GetProperty(Completion), Completion))] : Array.Empty<ChatMessage>()]
            : Read(root.GetProperty(Messages));
        if (messages.Count == 0) throw new RowException($"'{Messages}' is empty");
        if (!withAnswer)
            return messages[^1].Role != "assistant" ? TextExample.OfMessages(messages) : throw new RowException("the last message is the assistant's, so there is nothing to answer");
        return messages.Exists(m => m.Role == "assistant") ? TextExample.OfMessages(messages)
            : throw new RowException("no message is the assistant's, so there is nothing to learn");
    }

    private static List<ChatMessage> Read(JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array) throw new RowException($"'{Messages}' is not a list");
        return [.. list.EnumerateArray().Select(Message)];
    }

    private static ChatMessage Message(JsonElement element, int index)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty("role", out var role) || !element.TryGetProperty("content", out var content))
            throw new RowException($"message {index + 1} is {element.GetRawText()}; a message is {{\"role\": \"user\", \"content\": ...}}");
        var name = JsonField.Text(role, "role");
        if (!Roles.Contains(name, StringComparer.Ordinal))
            throw new RowException($"message {index + 1} has the role '{name}', which is unknown; write {string.Join(", ", Roles)}");
        if (index > 0 && name == "system") throw new RowException($"message {index + 1} is the system's; only the first may be");
        return new ChatMessage(name!, Text(content, "content"));
    }

    private static string Text(JsonElement element, string name) =>
        JsonField.Text(element, name) is { } text && !string.IsNullOrWhiteSpace(text) ? text : throw new RowException($"the '{name}' is empty");
}
