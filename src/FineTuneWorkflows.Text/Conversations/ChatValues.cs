using System.Buffers;
using System.Text;
using System.Text.Json;
using FineTuneWorkflows.Text.Conversations.Templates;

namespace FineTuneWorkflows.Text.Conversations;

/// <summary>A conversation as a chat template sees it. Templates cannot change it, so one is rendered again and again.</summary>
/// <param name="Messages">The messages: dictionaries with role, content and what else they have.</param>
/// <param name="Tools">The tools that may be called, or null.</param>
internal sealed record ChatValues(List<TemplateMap> Messages, object? Tools)
{
    public const string Role = "role", Content = "content";

    /// <summary>How many characters the template is given.</summary>
    public long Length { get; } = Messages.Sum(LengthOf) + LengthOf(Tools);

    /// <summary>The values of messages and tools.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="tools">A JSON list, or null.</param>
    public static ChatValues Of(IReadOnlyList<ChatMessage> messages, string? tools) =>
        new([.. messages.Select(Map)], tools is null ? null : Read(tools, TemplateJson.Value));

    /// <summary>The first messages.</summary>
    public ChatValues First(int count) => count == Messages.Count ? this : this with { Messages = [.. Messages.Take(count)] };

    /// <summary>The same conversation, one member of one message changed; null takes it out.</summary>
    public ChatValues With(int message, string name, string? value)
    {
        var changed = new TemplateMap();
        foreach (var (member, old) in Messages[message].Members)
        {
            if (member != name) changed.Members[member] = old;
            else if (value is not null) changed.Members[member] = value;
        }
        return this with { Messages = [.. Messages.Select((m, i) => i == message ? changed : m)] };
    }

    /// <summary>Whether any text in it has one of some names.</summary>
    public bool Contains(SearchValues<string> names) => Strings().Any(text => text.AsSpan().ContainsAny(names));

    /// <summary>Whether any text in it has a character.</summary>
    public bool Contains(char c) => Strings().Any(text => text.Contains(c, StringComparison.Ordinal));

    /// <summary>The same conversation with a mark in each name, behind its first character.</summary>
    public ChatValues Marked(SearchValues<string> names, char mark)
    {
        return new([.. Messages.Select(m => (TemplateMap)Value(m)!)], Value(Tools));

        object? Value(object? value)
        {
            switch (value)
            {
                case string text:
                    return Text(text);
                case List<object?> list:
                    return list.ConvertAll(Value);
                case TemplateMap map:
                    var marked = new TemplateMap();
                    foreach (var (name, member) in map.Members) marked.Members[Text(name)] = Value(member);
                    return marked;
                default:
                    return value;
            }
        }

        string Text(string text)
        {
            if (!text.AsSpan().ContainsAny(names)) return text;
            var written = new StringBuilder();
            var rest = text.AsSpan();
            for (int at; (at = rest.IndexOfAny(names)) >= 0; rest = rest[(at + 1)..]) written.Append(rest[..(at + 1)]).Append(mark);
            return written.Append(rest).ToString();
        }
    }

    private IEnumerable<string> Strings() => Messages.SelectMany(StringsOf).Concat(StringsOf(Tools));

    private static IEnumerable<string> StringsOf(object? value) => value switch
    {
        string text => [text],
        List<object?> list => list.SelectMany(StringsOf),
        TemplateMap map => map.Members.SelectMany(m => StringsOf(m.Value).Prepend(m.Key)),
        _ => [],
    };

    // Numbers count as they may be written.
    private static long LengthOf(object? value) => value switch
    {
        string text => text.Length + 2L,
        List<object?> list => list.Sum(LengthOf) + 2,
        TemplateMap map => map.Members.Sum(m => m.Key.Length + LengthOf(m.Value)) + 2,
        _ => 8,
    };

    private static TemplateMap Map(ChatMessage message)
    {
        var map = TemplateMap.Of((Role, message.Role), (Content, message.Content));
        if (message.Fields is null) return map;
        return Read(message.Fields, fields =>
        {
            foreach (var field in fields.EnumerateObject()) map.Members[field.Name] = TemplateJson.Value(field.Value);
            return map;
        });
    }

    private static T Read<T>(string json, Func<JsonElement, T> read)
    {
        using var document = JsonDocument.Parse(json);
        return read(document.RootElement);
    }
}
