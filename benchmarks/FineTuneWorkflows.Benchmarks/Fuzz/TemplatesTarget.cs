using System.Text;
using System.Text.Json;
using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Text;
using FineTuneWorkflows.Text.Conversations;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Benchmarks.Fuzz;

/// <summary>Chat templates: reading them, and conversations written and labelled by them.</summary>
internal sealed class TemplatesTarget : IFuzzTarget
{
    private static readonly ChatMessage[] Asked =
    [
        new("system", "Be kind."), new("user", " What is {{ it }}? </s> "), new("assistant", "It is <think>so</think> red.") { IsLearned = false }, new("user", "aaaaaaaaaaaaaaaaaaaaaaaa"),
        new("assistant", null) { Fields = """{"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":{"a":[1,2.5,null,"x"]}}}]}""" }, new("tool", "18") { Fields = """{"tool_call_id":"c"}""" }, new("assistant", "18."),
    ];

    private static readonly ChatMessage[] Plain = [new("user", "Hi?"), new("assistant", "Hello."), new("user", "Bye?"), new("assistant", "Bye.")];

    private readonly Lazy<Tokenizer> tokenizer = new(() => Tokenizer.Load(Path.Combine(Repository.Root, "tests", "FineTuneWorkflows.Text.Tests", "Tokenization", "Fixtures", "gpt2")));

    public string Name => "templates";

    public IReadOnlyList<FuzzInput> Corpus { get; } =
    [
        .. Enum.GetValues<ChatFormat>().Select(format => ChatTemplate.Of(format).Source)
            .Concat(File.ReadLines(Path.Combine(Repository.Root, "tests", "FineTuneWorkflows.Text.Tests", "Conversations", "Fixtures", "templates.jsonl")).Select(Template)).Distinct(StringComparer.Ordinal)
            .Select(template => new FuzzInput("chat_template.jinja", Encoding.UTF8.GetBytes(template))),
    ];

    public IReadOnlyList<string> Pieces { get; } =
    [
        "{{", "}}", "{%", "%}", "{#", "#}", "-%}", "{%-", "(", ")", "[", "]", "|", ".", "'", "\"", "-", "+", "~", "//", "%", "**", " is ", " not ", " in ", " if ", " else ", "none", "messages", "loop", "ns", "1", "0", "-1", ":", ",", "=", "\\", "\0", "|join", "|first", "|tojson", "|int", "|list", "|unique",
        "|selectattr('role')", "|map('trim')", "|map(attribute='role')", ".split('a')", ".get('x')", "[::0]", "[99]", "[::-1]", "[9223372036854775807::-9223372036854775807]", "range(9)", "range(100000)", "namespace(a=1)", ".replace('a','aaaaaaaaaa')", "* 1000000000", "{% for i in range(100000) %}", "{% endfor %}", "{% set x = [x, x] %}",
        "{% set ns.a = ns %}", "{% macro m() %}{{ m() }}{% endmacro %}", "{{ m() }}", "{{ messages }}", "{{ tools | tojson(indent=4) }}", "{{ raise_exception('no') }}", "{% if add_generation_prompt %}", "{% endif %}", "{% generation %}", "{% endgeneration %}", "message.tool_calls", "message['content']", "| length", "| string", "\ud83d\ude00", "-9223372036854775808",
    ];

    // An argument that is out of range is a mistake of this project's.
    public bool IsDocumented(Exception e) => e is TextDataException || e.GetType() == typeof(ArgumentException);

    public void Run(FuzzInput input, string folder, int variant)
    {
        var chat = new ChatEncoder(tokenizer.Value, ChatTemplate.Parse(Encoding.UTF8.GetString(input.Bytes), input.Name));
        _ = chat.EndOfTurn;
        var row = variant % 2 == 0 ? chat.Encode(Plain) : chat.Encode(Asked, """[{"type":"function","function":{"name":"f","parameters":{"b":1,"a":{}}}}]""");
        if (row.Ids.Length != row.Labels.Length || !row.Labels.Any(label => label >= 0)) throw new InvalidOperationException("a conversation has no labels");
        _ = chat.Prompt(Plain[..3]);
    }

    private static string Template(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty("template").GetString()!;
    }
}
