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
    [InlineData("{% for i in range(100000) %}{% for j in range(100000) %}aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa{% endfor %}{% endfor %}", "it writes more than")]
    [InlineData("{{ range(1000000000) | list }}", "a range has more than 100000 numbers")]
    [InlineData("{{ 'a' * 1000000000 }}", "'*' has no meaning")]
    [InlineData("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "macros call each other more than 64 times")]
    public void A_template_that_would_never_end_or_fill_the_memory_is_stopped(string template, string problem) =>
        Assert.Contains(problem, Written(template, [new("user", "a")], false).Refused, StringComparison.Ordinal);

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
