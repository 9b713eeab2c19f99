using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneWorkflows.Text.Conversations.Templates;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.Conversations;

/// <summary>
/// A chat template: the Jinja template by which a conversation is written as one text, as Hugging Face's <c>apply_chat_template</c> reads it
/// (https://huggingface.co/docs/transformers/chat_templating). The part of Jinja that chat templates are written in is known: for, if, set, macro, generation, break and continue,
/// filters, tests and methods of texts and dictionaries, <c>namespace</c>, <c>range</c> and <c>raise_exception</c>. There are no documents, and there is no clock
/// (<c>strftime_now</c> is not defined), so that the same conversation always gives the same text. A rendering has one budget of steps and characters, whatever the template does with
/// them: one that would never end, or fill the memory, is stopped. Safe for use by many threads.
/// </summary>
public sealed class ChatTemplate
{
    /// <summary>The longest template, in characters.</summary>
    private const int Longest = 1 << 20;

    private const string Default = "default";

    private readonly IReadOnlyList<TemplateStatement> _statements;

    private ChatTemplate(string source, string origin)
    {
        (Source, Origin) = (source, origin);
        try
        {
            if (source.Length > Longest) throw new TemplateException($"it has more than {Longest} characters");
            _statements = TemplateParser.Parse(source);
        }
        catch (TemplateException e)
        {
            throw new TextDataException($"the chat template cannot be followed: {e.Message}", origin, inner: e);
        }
    }

    /// <summary>The template.</summary>
    public string Source { get; }

    /// <summary>Where it comes from, for messages: a file, or a format's name.</summary>
    public string Origin { get; }

    /// <summary>Reads a template.</summary>
    /// <param name="source">The template.</param>
    /// <param name="origin">Where it comes from, for messages.</param>
    /// <exception cref="TextDataException">It is no template, or has a part that is not known; names the line and the part.</exception>
    public static ChatTemplate Parse(string source, string origin)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentException.ThrowIfNullOrEmpty(origin);
        return new(source, origin);
    }

    /// <summary>The template of a format.</summary>
    /// <param name="format">The format.</param>
    public static ChatTemplate Of(ChatFormat format) => new(ChatTemplateFile.Of(format), $"the chat format {format}");

    /// <summary>
    /// The template that a tokenizer brings along: <c>chat_template.jinja</c>, else <c>chat_template</c> of <c>tokenizer_config.json</c>; of several there the one named
    /// <c>default</c>.
    /// </summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <returns>The template, or null where it has none.</returns>
    /// <exception cref="TextDataException">It cannot be followed, or is neither a text nor a list of named ones.</exception>
    public static ChatTemplate? Of(Tokenizer tokenizer)
    {
        return Find(tokenizer) is var (source, origin) ? new(source, origin) : null;
    }

    /// <summary>Whether a tokenizer brings a template along, be it one that can be followed or not.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <exception cref="TextDataException">It is neither a text nor a list of named ones.</exception>
    public static bool IsIn(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return Find(tokenizer) is not null;
    }

    private static (string Source, string Origin)? Find(Tokenizer tokenizer)
    {
        var files = tokenizer.Files();
        if (files.TryGetValue(ChatTemplateFile.Own, out var own)) return (Encoding.UTF8.GetString(own), ChatTemplateFile.Own);
        if (!files.TryGetValue(ChatTemplateFile.Config, out var config)) return null;
        try
        {
            return JsonNode.Parse(config)?[ChatTemplateFile.Key] is { } found ? (Named(found), $"{ChatTemplateFile.Config}, {ChatTemplateFile.Key}") : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new TextDataException($"'{ChatTemplateFile.Key}' cannot be read: it must be a text, or a list of {{\"name\", \"template\"}} with one named '{Default}'", ChatTemplateFile.Config, inner: e);
        }
    }

    /// <summary>Writes a conversation.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="addGenerationPrompt">Whether what begins an answer stands at the end.</param>
    /// <param name="special">The special tokens by their names in templates, such as <c>bos_token</c>.</param>
    /// <exception cref="ArgumentException">The template refuses the conversation or cannot write it; says why.</exception>
    internal string Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt, IReadOnlyDictionary<string, string> special) =>
        Render(ChatValues.Of(messages, null), addGenerationPrompt, special);

    /// <summary>Writes a conversation.</summary>
    /// <param name="conversation">The messages and tools.</param>
    /// <param name="addGenerationPrompt">Whether what begins an answer stands at the end.</param>
    /// <param name="special">The special tokens by their names in templates, such as <c>bos_token</c>.</param>
    /// <exception cref="ArgumentException">The template refuses the conversation or cannot write it; says why.</exception>
    internal string Render(ChatValues conversation, bool addGenerationPrompt, IReadOnlyDictionary<string, string> special)
    {
        var budget = new TemplateBudget(conversation.Length);
        var scope = new TemplateScope(budget);
        foreach (var (name, token) in special) scope.Set(name, token);
        scope.Set("messages", conversation.Messages.ToList<object?>());
        scope.Set("add_generation_prompt", addGenerationPrompt);
        scope.Set("tools", conversation.Tools);
        scope.Set("documents", null);
        scope.Set("raise_exception", (TemplateFunction)((given, _, limit) => throw new TemplateException(
            given.Count > 0 && TemplateValues.Text(given[0], limit) is var why && !string.IsNullOrWhiteSpace(why) ? why : "the template refuses it")));
        scope.Set("namespace", (TemplateFunction)((_, named, _) =>
        {
            var map = new TemplateMap(isNamespace: true);
            foreach (var (name, value) in named) map.Members[name] = value;
            return map;
        }));
        scope.Set("range", (TemplateFunction)((given, _, limit) => Range(given, limit)));
        scope.Set("dict", (TemplateFunction)((_, named, _) =>
        {
            var map = new TemplateMap();
            foreach (var (name, value) in named) map.Members[name] = value;
            return map;
        }));
        var output = new TemplateOutput(budget);
        try
        {
            TemplateStatement.ExecuteAll(_statements, scope, output);
        }
        catch (TemplateException e) when (e.IsExhausted)
        {
            throw new ArgumentException($"the chat template ({Origin}) {e.Message}", e);
        }
        catch (Exception e) when (e is TemplateException or ArithmeticException)
        {
            throw new ArgumentException(e.Message, e);
        }
        return output.ToString();
    }

    private static List<object?> Range(IReadOnlyList<object?> given, TemplateBudget budget)
    {
        // As Jinja's sandbox has it.
        const int Most = 100_000;
        var (start, stop, step) = given.Count switch
        {
            1 => (0, TemplateValues.Integer(given[0]), 1),
            2 => (TemplateValues.Integer(given[0]), TemplateValues.Integer(given[1]), 1),
            3 => (TemplateValues.Integer(given[0]), TemplateValues.Integer(given[1]), TemplateValues.Integer(given[2])),
            _ => throw new TemplateException("range takes one to three numbers"),
        };
        if (step == 0) throw new TemplateException("the step of a range is 0");
        var numbers = new List<object?>();
        for (var i = start; step > 0 ? i < stop : i > stop; i += step)
        {
            if (numbers.Count == Most) throw new TemplateException($"a range has more than {Most} numbers");
            budget.Steps(1);
            numbers.Add(i);
            // The next one would be beyond all numbers there are.
            if (step > 0 ? i > long.MaxValue - step : i < long.MinValue - step) break;
        }
        return numbers;
    }

    private static string Named(JsonNode found) => found is JsonArray list
        ? list.First(t => t!["name"]!.GetValue<string>() == Default)!["template"]!.GetValue<string>()
        : found.GetValue<string>();
}
