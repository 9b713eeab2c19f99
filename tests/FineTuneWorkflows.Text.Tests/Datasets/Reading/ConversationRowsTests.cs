using FineTuneWorkflows.Text.Conversations;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Datasets.Reading;
using FineTuneWorkflows.Text.Datasets.Splitting;

namespace FineTuneWorkflows.Text.Tests.Datasets.Reading;

public sealed class ConversationRowsTests : IDisposable
{
    private const string OpenAi = """
        {"messages": [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": [{"type": "text", "text": "Weather "}, {"type": "text", "text": "in Lima?"}]}, {"role": "assistant", "content": null, "refusal": null, "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{\"city\": \"Lima\"}"}}]}, {"role": "tool", "tool_call_id": "c1", "content": "18 C"}, {"role": "assistant", "content": "18 degrees.", "tool_calls": []}], "tools": [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}], "parallel_tool_calls": false}
        """;

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void An_OpenAI_conversation_keeps_tools_calls_roles_and_parts_through_a_dataset()
    {
        var expected = TextExample.OfMessages(
        [
            new("developer", "Be brief."), new("user", "Weather in Lima?"),
            new("assistant", null) { Fields = """{"tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":{"city":"Lima"}}}]}""" },
            new("tool", "18 C") { Fields = """{"tool_call_id":"c1"}""" }, new("assistant", "18 degrees."),
        ], """[{"type":"function","function":{"name":"weather","parameters":{"type":"object"}}}]""");
        var read = Assert.Single(Read(OpenAi));
        Assert.Equal((expected.Text, expected.Tools), (read.Text, read.Tools));
        Assert.Equal(expected.Messages, read.Messages);

        using (var writer = new DatasetFolderWriter(_temp["d"], DataKind.Conversations))
        {
            writer.Add(SplitName.Train, read);
            writer.Complete();
        }
        var again = Assert.Single(DatasetFolder.Open(_temp["d"]).Read(SplitName.Train, TestContext.Current.CancellationToken));
        Assert.Equal((read.Text, read.Tools), (again.Text, again.Tools));
        Assert.Equal(read.Messages, again.Messages);
    }

    [Theory]
    [InlineData("\"weight\": 0")]
    [InlineData("\"train\": false")]
    [InlineData("\"weight\": 0.0, \"train\": null")]
    public void An_answer_with_weight_0_or_train_false_is_not_learned_and_stays_so_in_a_dataset(string weight)
    {
        var content = $$"""{"messages": [{"role": "user", "content": "Q0", "weight": 0}, {"role": "assistant", "content": "wrong", {{weight}}}, {"role": "user", "content": "again"}, {"role": "assistant", "content": "right 0", "weight": 1, "train": true}]}""";
        var read = Assert.Single(Read(content));
        Assert.Equal([true, false, true, true], read.Messages.Select(m => m.IsLearned));
        Assert.All(read.Messages, m => Assert.Null(m.Fields));
        using (var writer = new DatasetFolderWriter(_temp["d"], DataKind.Conversations))
        {
            writer.Add(SplitName.Train, read);
            writer.Complete();
        }
        Assert.Equal(read.Messages, Assert.Single(DatasetFolder.Open(_temp["d"]).Read(SplitName.Train, TestContext.Current.CancellationToken)).Messages);
    }

    [Fact]
    public void A_conversation_of_which_nothing_is_to_be_learned_is_left_out_and_counted()
    {
        var path = _temp.Write("a.jsonl", """
            {"messages": [{"role": "user", "content": "Which colour is a ripe lemon?"}, {"role": "assistant", "content": "Purple."}], "label": false}
            {"messages": [{"role": "user", "content": "Which colour is a ripe lemon?"}, {"role": "assistant", "content": "Yellow."}], "label": true}
            {"messages": [{"role": "user", "content": "And a plum?"}, {"role": "assistant", "content": "Green.", "weight": 0}]}
            {"prompt": "And a lime?", "completion": "Blue.", "label": false}
            {"prompt": "And a pear?", "completion": "Green.", "label": null}
            """);
        var bad = new BadRowLog();
        Assert.Equal(["Yellow.", "Green."], ExampleReader.Read(path, new(), bad).Select(r => r.Example.Messages[1].Content));
        Assert.Equal((3L, 0L), (bad.Unlearned, bad.Count));
        var split = DatasetSplitter.Split(new SplitRequest { Files = [path], ValidationFiles = [Single("v", false)], TestFiles = [Single("t", true)] }, _temp["d"]);
        Assert.Equal((4L, 2L, 1L), (split.Info.UnlearnedConversations, split.Count(SplitName.Train), split.Count(SplitName.Validation)));

        string Single(string name, bool whole) => _temp.Write(name + ".jsonl", $$"""{"prompt": "{{name}}", "completion": "x"}""" + (whole ? "" : "\n" + """{"prompt": "p", "completion": "x", "label": false}"""));
    }

    [Fact]
    public void Prompt_and_completion_may_be_lists_and_nothing_of_a_prompt_is_learned()
    {
        var read = Assert.Single(Read("""{"prompt": [{"role": "system", "content": "s"}, {"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "c"}], "completion": [{"role": "assistant", "content": "d"}]}"""));
        ChatMessage[] expected = [new("system", "s"), new("user", "a"), new("assistant", "b") { IsLearned = false }, new("user", "c"), new("assistant", "d")];
        Assert.Equal(expected, read.Messages);
    }

    [Fact]
    public void ShareGPT_and_Alpaca_are_read()
    {
        ChatMessage[] expected = [new("system", "Be brief."), new("user", "Capital of Peru?"), new("assistant", "Lima.")];
        Assert.Equal(expected, Assert.Single(Read("""{"conversations": [{"from": "system", "value": "Be brief."}, {"from": "human", "value": "Capital of Peru?"}, {"from": "gpt", "value": "Lima."}]}""")).Messages);
        Assert.Equal(expected, Assert.Single(Read("""{"system": "Be brief.", "conversations": [{"from": "human", "value": "Capital of Peru?"}, {"from": "gpt", "value": "Lima."}]}""")).Messages);
        expected = [new("user", "Translate to French.\n\nGood morning."), new("assistant", "Bonjour.")];
        Assert.Equal(expected, Assert.Single(Read("""{"instruction": "Translate to French.", "input": "Good morning.", "output": "Bonjour."}""")).Messages);
        Assert.Equal("Say hi.", Assert.Single(Read("""{"instruction": "Say hi.", "input": "", "output": "Hi."}""")).Messages[0].Content);
    }

    [Theory]
    [InlineData("""{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}""", "message 1 has a part of the type 'image_url'; models here learn from text alone")]
    [InlineData("""{"role": "user", "content": [{"type": "text", "text": "a", "cache_control": {"type": "x"}}]}""", "message 1 has a part of text with 'cache_control'")]
    [InlineData("""{"role": "user", "content": "a", "weight": 1}""", "message 1 is the user's and has the weight 1, but only what the assistant says is learned")]
    [InlineData("""{"role": "assistant", "content": "a", "weight": 0.5}""", "message 1 has the weight 0.5; it is 1 or 0")]
    [InlineData("""{"role": "assistant", "content": null}""", "message 1 is {\"role\": \"assistant\", \"content\": null}; a message is")]
    [InlineData("""{"role": "assistant", "content": null, "tool_calls": [{"function": {"name": "f", "arguments": "city=Lima"}}]}""", "message 1 calls a tool with the arguments \"city=Lima\"; they are an object")]
    [InlineData("""{"role": "assistant", "content": null, "tool_calls": [{"name": 1}]}""", "message 1 calls a tool by {\"name\": 1}; a call is")]
    [InlineData("""{"role": "function", "name": "f", "content": "a"}""", "message 1 has the role 'function', which is unknown; write system, developer, user, assistant, tool")]
    [InlineData("""{"role": "user", "content": "\ud800"}""", "has an escape that is no valid character")]
    [InlineData("""{"role": "user", "content": "a", "x": "\ud800"}""", "has an escape that is no valid character")]
    public void What_a_message_cannot_have_is_refused_by_name(string message, string problem) => Assert.Contains(problem, Refused($$"""{"messages": [{{message}}, {"role": "assistant", "content": "b"}]}"""), StringComparison.Ordinal);

    [Theory]
    [InlineData("\"functions\": [{\"name\": \"f\"}]", "'functions' has no place in a conversation here; take it out, or pass it over with IgnoredFields=functions")]
    [InlineData("\"documents\": [{\"text\": \"t\"}]", "'documents' has no place")]
    [InlineData("\"history\": [[\"q\", \"a\"]]", "'history' has no place in a conversation here; take it out, or pass it over with IgnoredFields=history")]
    [InlineData("\"rejected\": [{\"role\": \"assistant\", \"content\": \"c\"}]", "'rejected' has no place")]
    [InlineData("\"mask\": [1, 0]", "'mask' has no place")]
    [InlineData("\"kto_tag\": false", "'kto_tag' has no place")]
    [InlineData("\"weight\": 0", "'weight' has no place in a conversation here, but in its messages")]
    [InlineData("\"label\": 0", "the 'label' of a conversation is 0; it is true or false")]
    [InlineData("\"label\": \"False\"", "the 'label' of a conversation is \"False\"; it is true or false")]
    [InlineData("\"label\": \"undesirable\"", "the 'label' of a conversation is \"undesirable\"; it is true or false")]
    [InlineData("\"tools\": \"hammer\"", "'tools' is no list of tools")]
    [InlineData("\"system\": \"s\"", "there is a 'system' beside the messages and a system's message among them")]
    public void What_a_conversation_cannot_have_is_refused_by_name(string column, string problem)
    {
        var row = $$"""{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}], {{column}}}""";
        Assert.Contains(problem, Refused(row), StringComparison.Ordinal);
        var name = column.Split('"')[1];
        Assert.Equal(["system: s\nuser: a\nassistant: b"], Read(row, new() { IgnoredFields = [name] }).Select(e => e.Text));
    }

    [Fact]
    public void What_is_said_of_answers_does_not_matter_where_others_are_wanted() =>
        Assert.Equal(["user: p"], Read("""{"prompt": "p", "chosen": "good", "rejected": "bad"}""", new() { WithLabels = false }).Select(e => e.Text));

    [Fact]
    public void Ignored_fields_are_left_out_of_messages()
    {
        const string Row = """{"messages": [{"role": "user", "content": "a", "timestamp": 7}, {"role": "assistant", "content": "b", "timestamp": 8, "score": 1}]}""";
        Assert.Equal(["""{"timestamp":7}""", """{"timestamp":8,"score":1}"""], Read(Row).Single().Messages.Select(m => m.Fields));
        Assert.Equal([null, """{"score":1}"""], Read(Row, new() { IgnoredFields = ["timestamp"] }).Single().Messages.Select(m => m.Fields));
    }

    private List<TextExample> Read(string content, ReadOptions? options = null) => [.. ExampleReader.Read(_temp.Write("a.jsonl", content), options ?? new(), new BadRowLog()).Select(r => r.Example)];

    private string Refused(string content) => Assert.ThrowsAny<TextDataException>(() => Read(content)).Message;
}
