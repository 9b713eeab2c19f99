using System.Text.Json;
using CsCheck;
using FineTuneWorkflows.Text.Conversations;

namespace FineTuneWorkflows.Text.Tests.Conversations;

public sealed class ChatTemplateTests
{
    private static readonly Dictionary<string, string> Special = new() { ["bos_token"] = "<s>", ["eos_token"] = "</s>" };

    public static TheoryData<string> Names => [.. Cases().Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_template_writes_what_Jinja_writes(string name)
    {
        var (_, template, messages, generation, text, error) = Cases().Single(c => c.Name == name);
        var (written, refused) = Written(template, messages, generation);
        if (text is not null) Assert.Equal((text, null), (written, refused));
        else Assert.NotNull(refused);
        // What a template says itself is told word for word.
        if (error is not null && template.Contains("raise_exception", StringComparison.Ordinal) && template.Contains(error, StringComparison.Ordinal)) Assert.StartsWith(error, refused, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\n\n{{ b | nofilter }}", "here: the chat template cannot be followed: line 3: the filter 'nofilter' is not known, in 'b | nofilter'")]
    [InlineData("{{ b is notest }}", "line 1: the test 'notest' is not known")]
    [InlineData("{% include 'x' %}", "line 1: the statement 'include' is not known")]
    [InlineData("\n{{ (1 + }}", "line 2: it ends too early")]
    [InlineData("{% if a %}", "it ends without endif")]
    [InlineData("{{ a", "the tag on line 1 is never closed")]
    public void A_template_that_is_none_names_the_line_and_the_part(string template, string problem) =>
        Assert.Contains(problem, Assert.Throws<TextDataException>(() => ChatTemplate.Parse(template, "here")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("{% for i in range(100000) %}{% for j in range(100000) %}aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa{% endfor %}{% endfor %}", "the chat template (here) ")]
    [InlineData("{{ range(1000000000) | list }}", "a range has more than 100000 numbers")]
    [InlineData("\n{{ 'a' * 1000000000 }}", "the chat template (here) makes more than 4,201,984 characters on line 2, which no conversation needs")]
    [InlineData("\n{{ 'a' * 9223372036854775807 }}", "characters on line 2, which no conversation needs")]
    [InlineData("{% for a in range(100000) %}{% for b in range(100000) %}\n{% for c in range(100000) %}{% endfor %}{% endfor %}{% endfor %}", " on line 2, which no conversation needs")]
    [InlineData("{% set ns=namespace(s='xxxxxxxxxxxxxxxx') %}\n{% for i in range(60) %}{% set ns.s = ns.s+ns.s %}{% endfor %}{{ns.s}}", " on line 2, which no conversation needs")]
    [InlineData("{% set ns=namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = ns.l+ns.l %}{% endfor %}{{ns.l}}", " on line 1, which no conversation needs")]
    [InlineData("{{ ('a'*40).replace('a','aaaaaaaaaa').replace('a','aaaaaaaaaa').replace('a','aaaaaaaaaa').replace('a','aaaaaaaaaa').replace('a','aaaaaaaaaa').replace('a','aaaaaaaaaa').replace('a','aaaaaaaaaa') }}", " on line 1, which no conversation needs")]
    [InlineData("{% set ns=namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}", " on line 1, which no conversation needs")]
    [InlineData("{% set ns=namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l | tojson }}", " on line 1, which no conversation needs")]
    [InlineData("{% set ns=namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l == ns.l }}", " on line 1, which no conversation needs")]
    [InlineData("{% set ns=namespace(a=1) %}{% set ns.a = ns %}{{ ns }}", "nests values too deep")]
    [InlineData("{% set ns=namespace(a=1) %}{% set ns.a = ns %}{{ ns | tojson }}", "nests values too deep")]
    [InlineData("{% set ns=namespace(l=[]) %}{% for i in range(25000) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l == ns.l }}{{ ns.l | tojson }}", "nests values too deep")]
    [InlineData("{% set s = 'a' * 1000000 %}{% for i in range(100000) %}{% if s.startswith(s) or s in s or s == s or s < s or s.find('b') > 0 or s | length == 0 %}{% endif %}{% endfor %}", " on line 1, which no conversation needs")]
    [InlineData("{% macro m() %}{% for i in range(100000) %}{% endfor %}{% endmacro %}{% for i in range(100000) %}{{ m() }}{% endfor %}", " on line 1, which no conversation needs")]
    [InlineData("{{ (range(100000) | list) | unique }}", " on line 1, which no conversation needs")]
    [InlineData("{{ range(90000) | join('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx') }}", " on line 1, which no conversation needs")]
    [InlineData("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "macros call each other more than 64 times")]
    public void A_template_that_would_never_end_or_fill_the_memory_is_stopped(string template, string problem) =>
        Assert.Contains(problem, Written(template, [new("user", "a")], false).Refused, StringComparison.Ordinal);

    [Fact]
    public void What_a_rendering_may_do_grows_with_the_conversation()
    {
        // A hundred thousand messages are more than a short conversation's budget has steps for.
        const string Template = "{% for m in messages %}{% for i in range(20) %}{% if i == 0 %}<{{ m.role }}>{{ m.content | trim }}{% endif %}{% endfor %}{% endfor %}";
        var messages = Enumerable.Range(0, 20_000).Select(i => new ChatMessage(i % 2 == 0 ? "user" : "assistant", " " + new string('a', 100))).ToArray();
        Assert.Equal(string.Concat(messages.Select(m => $"<{m.Role}>{m.Content!.Trim()}")), Written(Template, messages, false).Text);
        Assert.NotNull(Written("{{ messages[0].content * 100 }}", [new("user", new string('a', 200_000))], false).Text);
    }

    [Theory]
    [InlineData("{{ [1, 2.0, 0.5, 'ä\"\\n\u2028', none, true, {'a': {}, 'b': []}] | tojson }}", "[1, 2.0, 0.5, \"ä\\\"\\n\u2028\", null, true, {\"a\": {}, \"b\": []}]")]
    [InlineData("{{ {'b': [1], 'a': 2} | tojson(indent=2) }}", "{\n  \"b\": [\n    1\n  ],\n  \"a\": 2\n}")]
    [InlineData("{{ {'b': 1, 'a': [2, 3]} | tojson(separators=(',', ':'), sort_keys=true) }}", "{\"a\":[2,3],\"b\":1}")]
    [InlineData("{{ 'ä' | tojson(ensure_ascii=true) }}", "\"\\u00e4\"")]
    public void Json_is_written_as_Pythons_json_dumps_writes_it(string template, string expected) => Assert.Equal(expected, Written(template, [new("user", "a")], false).Text);

    [Theory]
    [InlineData("{{ 'abcdef'[5::9223372036854775807] }}", "f")]
    [InlineData("{{ 'abcdef'[:0:-9223372036854775807] }}", "f")]
    [InlineData("{{ 'a b c'.split(' ', 9223372036854775807) | join('-') }}", "a-b-c")]
    [InlineData("{{ range(5, 9223372036854775807, 9223372036854775806) | join(',') }}", "5")]
    public void The_largest_numbers_are_numbers_like_others(string template, string expected) => Assert.Equal(expected, Written(template, [new("user", "a")], false).Text);

    [Fact]
    public void Nesting_that_would_overflow_the_stack_is_refused_when_it_is_read()
    {
        string[] deep =
        [
            "{{ " + new string('(', 100_000) + "1" + new string(')', 100_000) + " }}", "{{ 1" + string.Concat(Enumerable.Repeat(" + 1", 100_000)) + " }}",
            string.Concat(Enumerable.Repeat("{% if true %}", 100_000)), "{{ " + string.Concat(Enumerable.Repeat("not ", 1_000_000)) + "1 }}", "{{ a" + string.Concat(Enumerable.Repeat("|trim", 50_000)) + " }}",
        ];
        Assert.All(deep, template => Assert.Throws<TextDataException>(() => ChatTemplate.Parse(template, "here")));
    }

    [Theory]
    [InlineData("{{ raise_exception() }}", "the template refuses it")]
    [InlineData("{{ raise_exception('') }}", "the template refuses it")]
    [InlineData("{{ raise_exception(there_is_none) }}", "the template refuses it")]
    [InlineData("{{ raise_exception('no role ' + messages[0].role) }}", "no role user")]
    public void A_template_that_refuses_says_why_or_that_it_does(string template, string problem) =>
        Assert.Contains(problem, Written(template, [new("user", "a")], false).Refused, StringComparison.Ordinal);

    [Fact]
    public void A_damaged_template_is_refused_or_writes_something_and_never_crashes()
    {
        string[] templates = [.. Cases().Select(c => c.Template).Distinct()];
        string[] bits = ["{{", "}}", "{%", "%}", "(", ")", "[", "]", "|", ".", "'", "\"", "-", "+", "~", "//", "%", " is ", " not ", " in ", " if ", " else ", "none", "messages", "loop", "ns", "1", "0", "-1", ":", ",", "=", "\\", "ä", "\0", "|join", "|first", "|tojson", "|int", "|selectattr('role')", "|map('trim')", ".split('a')", ".get('x')", "[::0]", "[99]", "range(9)", "namespace()"];
        Gen.Select(Gen.Int[0, templates.Length - 1], Gen.Select(Gen.Double[0, 1], Gen.Int[0, 6], Gen.OneOfConst(bits)).Array[1, 4]).Sample((which, edits) =>
        {
            var template = templates[which];
            foreach (var (where, removed, added) in edits)
            {
                var at = (int)(where * template.Length);
                template = template[..at] + added + template[Math.Min(template.Length, at + removed)..];
            }
            var (text, refused) = Written(template, [new("system", "s"), new("user", "u"), new("assistant", "a")], true);
            Assert.True(text is not null || refused is { Length: > 0 });
        }, iter: 30_000);
    }

    private static (string? Text, string? Refused) Written(string template, IReadOnlyList<ChatMessage> messages, bool generation)
    {
        try
        {
            return (ChatTemplate.Parse(template, "here").Render(messages, generation, Special), null);
        }
        catch (Exception e) when (e is TextDataException or ArgumentException)
        {
            return (null, e.Message);
        }
    }

    private static IEnumerable<(string Name, string Template, ChatMessage[] Messages, bool Generation, string? Text, string? Error)> Cases() =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Conversations", "Fixtures", "templates.jsonl")).Select(line =>
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            return (root.GetProperty("name").GetString()!, root.GetProperty("template").GetString()!,
                root.GetProperty("messages").EnumerateArray().Select(m => new ChatMessage(m.GetProperty("role").GetString()!, m.GetProperty("content").GetString()!)).ToArray(),
                root.GetProperty("generation").GetBoolean(), Optional("text"), Optional("error"));

            string? Optional(string name) => root.TryGetProperty(name, out var value) ? value.GetString() : null;
        });
}
