using FineTuneWorkflows.Text.Conversations;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.Tests.Conversations;

/// <summary>What of a conversation is learned, and that a template leaves nothing of it out.</summary>
public sealed class LearnedMessagesTests : IDisposable
{
    // As Qwen 2.5 writes tools and their calls.
    private const string WithTools =
        "{% if tools %}<|im_start|>system\n{% for t in tools %}{{ t | tojson }}\n{% endfor %}<|im_end|>\n{% endif %}"
        + "{% for m in messages %}<|im_start|>{{ m.role }}{% if m.content %}{{ '\n' + m.content }}{% endif %}"
        + "{% for c in m.tool_calls %}{{ '\n<call>' + c.function.name + ' ' + c.function.arguments | tojson + '</call>' }}{% endfor %}<|im_end|>\n{% endfor %}"
        + "{% if add_generation_prompt %}<|im_start|>assistant{% endif %}";

    private const string Calls = """{"tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":{"city":"Lima"}}}]}""";
    private const string Tools = """[{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}]""";

    private static readonly ChatMessage[] Called =
    [
        new("developer", "Be brief."), new("user", "Weather in Lima?"), new("assistant", null) { Fields = Calls }, new("tool", "18 C") { Fields = """{"tool_call_id":"c1","name":"weather"}""" }, new("assistant", "18 degrees."),
    ];

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void An_answer_without_weight_is_read_and_not_learned()
    {
        var tokenizer = ByteTokenizer();
        ChatMessage[] messages = [new("user", "Q0"), new("assistant", "wrong") { IsLearned = false }, new("user", "again"), new("assistant", "right 0")];
        var row = new ChatEncoder(tokenizer, ChatFormat.ChatMl).Encode(messages);
        Assert.Equal("right 0<|im_end|>", Learned(tokenizer, row));
        Assert.Contains("wrong", tokenizer.Decode(row.Ids), StringComparison.Ordinal);
    }

    [Fact]
    public void Tools_and_their_calls_are_written_by_the_template_and_calls_are_learned()
    {
        var tokenizer = ByteTokenizer();
        var row = new ChatEncoder(tokenizer, ChatTemplate.Parse(WithTools, "here")).Encode(Called, Tools);
        Assert.Equal(
            """
            <|im_start|>system
            {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}
            <|im_end|>
            <|im_start|>developer
            Be brief.<|im_end|>
            <|im_start|>user
            Weather in Lima?<|im_end|>
            <|im_start|>assistant
            <call>weather {"city": "Lima"}</call><|im_end|>
            <|im_start|>tool
            18 C<|im_end|>
            <|im_start|>assistant
            18 degrees.<|im_end|>

            """,
            tokenizer.Decode(row.Ids, skipSpecialTokens: false));
        Assert.Equal("\n<call>weather {\"city\": \"Lima\"}</call><|im_end|>\n18 degrees.<|im_end|>", Learned(tokenizer, row));
    }

    [Theory]
    [InlineData("here cannot write a message without 'content', such as message 3, which has 'tool_calls' instead", "{% for m in messages %}{{ m.role + m.content }}{% endfor %}")]
    [InlineData("here does not write the 'tool_calls' of message 3, which is the assistant's; take a base whose own chat template does (ChatFormat Auto), or leave it out with IgnoredFields=tool_calls", "{{ tools }}{% for m in messages %}{{ m.role }}{{ m.content }}{% endfor %}")]
    [InlineData("here does not write the conversation's 'tools'", "{% for m in messages %}{{ m.role }}{{ m.content }}{{ m.tool_calls }}{% endfor %}")]
    [InlineData("here does not write the 'content' of message 1, which is the developer's; set ChatFormat to a format that does", "{{ tools }}{% for m in messages if m.role != 'developer' %}{{ m.role }}{{ m.content }}{{ m.tool_calls }}{% endfor %}")]
    public void What_a_template_does_not_write_is_refused_by_name(string problem, string template)
    {
        var chat = new ChatEncoder(ByteTokenizer(), ChatTemplate.Parse(template, "here"));
        Assert.Contains(problem, Assert.Throws<ArgumentException>(() => chat.Encode(Called, Tools)).Message, StringComparison.Ordinal);
        Assert.Contains(problem, Assert.Throws<ArgumentException>(() => chat.Prompt(Called[..4], Tools)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_field_of_a_message_is_refused_unless_the_template_writes_it()
    {
        ChatMessage[] messages = [new("user", "Hi?"), new("assistant", "Hello.") { Fields = """{"reasoning_content":"They greet."}""" }];
        var (tokenizer, reasons) = (ByteTokenizer(), ChatTemplate.Parse("{% for m in messages %}<|im_start|>{{ m.role }}\n{% if m.reasoning_content %}({{ m.reasoning_content }}) {% endif %}{{ m.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}", "here"));
        Assert.Equal("(They greet.) Hello.<|im_end|>", Learned(tokenizer, new ChatEncoder(tokenizer, reasons).Encode(messages)));
        var error = Assert.Throws<ArgumentException>(() => new ChatEncoder(tokenizer, ChatFormat.ChatMl).Encode(messages));
        Assert.Contains("the chat format ChatMl does not write the 'reasoning_content' of message 2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{% for m in messages if m.role == 'user' %}{{ m.content }}{% endfor %}")]
    [InlineData("{% for m in messages if m.role == 'user' %}{{ m.content }}{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}")]
    [InlineData("{% for m in messages %}{{ m.content if m.role == 'user' else '...' }}{% endfor %}")]
    public void A_template_that_drops_what_the_assistant_says_is_blamed(string template)
    {
        var chat = new ChatEncoder(ByteTokenizer(), ChatTemplate.Parse(template, "chat_template.jinja"));
        Assert.Contains(
            "chat_template.jinja does not write the 'content' of message 2, which is the assistant's; set ChatFormat",
            Assert.Throws<ArgumentException>(() => chat.Encode([new("user", "a question"), new("assistant", "a")])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ChatFormat.Plain, "developer")]
    [InlineData(ChatFormat.Llama2, "developer")]
    [InlineData(ChatFormat.Mistral, "tool")]
    public void A_format_that_has_no_such_role_refuses_it_and_does_not_take_it_for_the_assistant(ChatFormat format, string role)
    {
        var chat = new ChatEncoder(ByteTokenizer(), format);
        ChatMessage[] messages = [new("user", "a"), new(role, "b"), new("user", "c"), new("assistant", "d")];
        Assert.Contains($"this format has no role {role}", Assert.Throws<ArgumentException>(() => chat.Encode(messages)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_tool_and_no_call_can_end_a_turn_either()
    {
        var tokenizer = ByteTokenizer();
        var chat = new ChatEncoder(tokenizer, ChatTemplate.Parse(WithTools, "here"));
        ChatMessage[] messages = [new("user", "a"), new("assistant", null) { Fields = Calls.Replace("Lima", "<|im_end|>", StringComparison.Ordinal) }];
        var row = chat.Encode(messages, Tools.Replace("city", "<|im_start|>", StringComparison.Ordinal));
        Assert.Equal((3, 3), (row.Ids.Count(id => id == tokenizer.IdOf("<|im_start|>")), row.Ids.Count(id => id == tokenizer.IdOf("<|im_end|>"))));
        Assert.Contains("{\"city\": \"<|im_end|>\"}", tokenizer.Decode(row.Ids, skipSpecialTokens: false), StringComparison.Ordinal);
    }

    private static string Learned(Tokenizer tokenizer, ChatSequence row) => tokenizer.Decode([.. row.Labels.Where(l => l >= 0)], skipSpecialTokens: false);

    private Tokenizer ByteTokenizer() => Tokenization.Loading.SmallTokenizers.Bytes(_temp);
}
