using System.Text.Json;
using FineTuneWorkflows.Text.Conversations;

namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>
/// Conversations in JSON, a row each:
/// <list type="bullet">
/// <item><c>{"messages":[{"role","content"}],"tools":[...]}</c> as OpenAI has it, <c>{"conversations":[{"from","value"}]}</c> as ShareGPT has it (see <see cref="JsonMessages"/>);</item>
/// <item><c>{"prompt","completion"}</c>, each a text or a list of messages: of the prompt nothing is learned;</item>
/// <item><c>{"instruction","input","output"}</c> as Alpaca has it: instruction and input, an empty line between, are the user's.</item>
/// </list>
/// A row with <c>"label": false</c> (KTO: the answer is a bad one), or with answers none of which has a weight, is left out.
/// </summary>
internal static class JsonConversation
{
    public const string Messages = "messages", Prompt = "prompt", Completion = "completion";
    public const string Shape = "{\"messages\": [...]} or {\"prompt\": ..., \"completion\": ...}";

    private const string Turns = "conversations", Instruction = "instruction", Input = "input", Output = "output", System = "system", Tools = "tools", Label = "label";

    // Texts by which people say whether an answer is a good one; others say something else, such as a topic.
    private static readonly string[] Judgements = ["true", "false", "yes", "no", "1", "0", "good", "bad", "desirable", "undesirable", "chosen", "rejected"];

    // What would change a conversation's meaning, and has no place here.
    private static readonly string[] Foreign = ["functions", "function_call", "documents", "chat_template_kwargs", "history", "chosen", "rejected", "mask", "kto_tag", "weight", "train"];

    // That nothing of the row is to be left out changes nothing.
    private static readonly string[] Flags = ["weight", "train", "kto_tag"];

    // What they say of answers does not matter where there are to be others.
    private static readonly string[] OfAnswers = ["chosen", "rejected", "mask", "kto_tag"];

    /// <summary>Whether an object is a conversation.</summary>
    public static bool Has(JsonElement root, bool withAnswer) => Array.TrueForAll(Columns(root, withAnswer), name => root.TryGetProperty(name, out _));

    /// <summary>The columns that an object must have to be a conversation, by those it has.</summary>
    public static string[] Columns(JsonElement root, bool withAnswer) =>
        root.TryGetProperty(Messages, out _) ? [Messages]
        : root.TryGetProperty(Turns, out _) ? [Turns]
        : root.TryGetProperty(Prompt, out _) ? withAnswer ? [Prompt, Completion] : [Prompt]
        : root.TryGetProperty(Instruction, out _) ? withAnswer ? [Instruction, Output] : [Instruction]
        : [Messages];

    /// <summary>The conversation.</summary>
    /// <exception cref="RowException">It is none, or has a part that is not known.</exception>
    /// <exception cref="LeftOutException">It says that nothing of it is to be learned.</exception>
    public static TextExample Parse(JsonElement root, ReadOptions options)
    {
        try
        {
            RequireKnown(root, options);
            var messages = WithSystem(root, options, Read(root, options));
            if (messages.Count == 0) throw new RowException("there are no messages");
            var example = TextExample.OfMessages(messages, ToolList(root, options));
            return options.WithLabels ? ToLearn(root, options, example) : ToAnswer(example);
        }
        catch (InvalidOperationException)
        {
            throw new RowException("a text has an escape that is no valid character");
        }
    }

    private static TextExample ToAnswer(TextExample example) =>
        example.Messages[^1].Role != "assistant" ? example : throw new RowException("the last message is the assistant's, so there is nothing to answer");

    private static TextExample ToLearn(JsonElement root, ReadOptions options, TextExample example)
    {
        if (!example.Messages.Any(m => m.Role == "assistant")) throw new RowException("no message is the assistant's, so there is nothing to learn");
        if (!IsGood(root, options) || !example.Messages.Any(m => m is { Role: "assistant", IsLearned: true })) throw new LeftOutException();
        return example;
    }

    private static List<ChatMessage> Read(JsonElement root, ReadOptions options)
    {
        var columns = Columns(root, options.WithLabels);
        var first = root.GetProperty(columns[0]);
        return columns[0] switch
        {
            Prompt => [.. JsonMessages.Part(first, Prompt, "user", options).Select(m => m.Role == "assistant" ? m with { IsLearned = false } : m), .. Answer(Completion)],
            Instruction => [new("user", Asked(first)), .. Answer(Output)],
            var name => JsonMessages.Read(first, name, options),
        };

        IEnumerable<ChatMessage> Answer(string name) => options.WithLabels ? JsonMessages.Part(root.GetProperty(name), name, "assistant", options) : [];

        string Asked(JsonElement instruction)
        {
            var asked = JsonMessages.Text(instruction, Instruction);
            return root.TryGetProperty(Input, out var input) && JsonField.Text(input, Input) is { } more && !string.IsNullOrWhiteSpace(more) ? asked + "\n\n" + more : asked;
        }
    }

    private static List<ChatMessage> WithSystem(JsonElement root, ReadOptions options, List<ChatMessage> messages)
    {
        if (!Named(root, System, options, out var system)) return messages;
        if (messages.Exists(m => m.Role == System)) throw new RowException($"there is a '{System}' beside the messages and a {System}'s message among them; leave one of them out");
        return [new ChatMessage(System, JsonMessages.Text(system, System)), .. messages];
    }

    private static void RequireKnown(JsonElement root, ReadOptions options)
    {
        foreach (var name in Foreign)
        {
            if (!Named(root, name, options, out var value) || (!options.WithLabels && OfAnswers.Contains(name, StringComparer.Ordinal)) || (Flags.Contains(name, StringComparer.Ordinal) && JsonMessages.Weight(value) == true)) continue;
            throw new RowException($"'{name}' has no place in a conversation here{(name is "weight" or "train" ? ", but in its messages" : "")}; take it out, or pass it over with IgnoredFields={name}");
        }
    }

    private static string? ToolList(JsonElement root, ReadOptions options)
    {
        if (!Named(root, Tools, options, out var tools)) return null;
        if (tools.ValueKind == JsonValueKind.Array) return CanonicalJson.Text(tools);
        // Tables of nested values are often kept as texts.
        try
        {
            if (tools.ValueKind == JsonValueKind.String)
            {
                using var document = JsonDocument.Parse(tools.GetString()!, CanonicalJson.Inner);
                if (document.RootElement.ValueKind == JsonValueKind.Array) return document.RootElement.GetArrayLength() == 0 ? null : CanonicalJson.Text(document.RootElement);
            }
        }
        catch (JsonException)
        {
            // Said below.
        }
        throw new RowException($"'{Tools}' is no list of tools; it is [{{\"type\": \"function\", \"function\": {{\"name\": ..., \"parameters\": ...}}}}]");
    }

    /// <summary>What KTO's label says: whether the answer is a good one.</summary>
    private static bool IsGood(JsonElement root, ReadOptions options) =>
        !root.TryGetProperty(Label, out var label) || options.IgnoredFields.Contains(Label, StringComparer.Ordinal) || label.ValueKind switch
        {
            JsonValueKind.False => false,
            JsonValueKind.Number => throw WrongLabel(label),
            JsonValueKind.String when Judgements.Contains(label.GetString()!.Trim(), StringComparer.OrdinalIgnoreCase) => throw WrongLabel(label),
            _ => true,
        };

    private static RowException WrongLabel(JsonElement label) =>
        new($"the '{Label}' of a conversation is {label.GetRawText()}; it is true or false, whether the answer is a good one (false leaves the row out); or pass it over with IgnoredFields={Label}");

    /// <summary>A column that says something and is not passed over.</summary>
    private static bool Named(JsonElement root, string name, ReadOptions options, out JsonElement value) =>
        root.TryGetProperty(name, out value) && !CanonicalJson.IsEmpty(value) && !options.IgnoredFields.Contains(name, StringComparer.Ordinal);
}
