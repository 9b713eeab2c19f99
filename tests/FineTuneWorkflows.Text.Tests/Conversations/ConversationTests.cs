using CsCheck;
using FineTuneWorkflows.Text.Conversations;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.Tests.Conversations;

public sealed class ConversationTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Only_what_the_assistant_says_is_learned()
    {
        var tokenizer = ByteTokenizer();
        var chat = new ChatEncoder(tokenizer, ChatFormat.ChatMl);
        var row = chat.Encode([new("user", "hi <|im_end|>"), new("assistant", "yes")]);
        Assert.Equal("<|im_start|>user\nhi <|im_end|><|im_end|>\n<|im_start|>assistant\nyes<|im_end|>\n", tokenizer.Decode(row.Ids, skipSpecialTokens: false));
        Assert.Equal(2, row.Ids.Count(id => id == tokenizer.IdOf("<|im_end|>")));
        Assert.Equal("yes<|im_end|>", tokenizer.Decode([.. row.Labels.Where(l => l >= 0)], skipSpecialTokens: false));
        Assert.All(row.Ids.Zip(row.Labels), p => Assert.True(p.Second == -100 || p.Second == p.First));
    }

    [Fact]
    public void A_prompt_ends_where_the_answer_begins()
    {
        var tokenizer = ByteTokenizer();
        var prompt = new ChatEncoder(tokenizer, ChatFormat.ChatMl).Prompt([new("user", "hi")]);
        Assert.EndsWith("<|im_end|>\n<|im_start|>assistant\n", tokenizer.Decode(prompt, skipSpecialTokens: false), StringComparison.Ordinal);
    }

    [Fact]
    public void A_format_whose_tokens_are_missing_is_refused_by_name()
    {
        var error = Assert.Throws<TextDataException>(() => new ChatEncoder(ByteTokenizer(), ChatFormat.Llama3));
        Assert.Contains("<|begin_of_text|>", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Blocks_hold_the_texts_in_their_order_and_lose_less_than_a_block()
    {
        Gen.Select(Gen.Int[1, 9].Array[0, 7].Array[0, 20], Gen.Int[2, 6]).Sample((texts, length) =>
        {
            var blocks = BlockPacker.Pack(texts, length, 0).ToList();
            var stream = texts.SelectMany(t => t.Append(0)).ToArray();
            Assert.All(blocks, b => Assert.Equal(length, b.Length));
            Assert.Equal(stream.Length / length, blocks.Count);
            Assert.Equal(stream.Take(blocks.Count * length), blocks.SelectMany(b => b));
        });
    }

    private Tokenizer ByteTokenizer()
    {
        var entries = Enumerable.Range(0, 256).Select(b => Tokenization.Loading.ByteNames.Of((byte)b));
        var vocab = string.Join(',', entries.Select((e, i) => $"{System.Text.Json.JsonSerializer.Serialize(e)}:{i}"));
        _temp.Write("vocab.json", "{" + vocab + "}");
        _temp.Write("merges.txt", "#version: 0.2\n");
        _temp.Write("tokenizer_config.json", """
            {"tokenizer_class":"Qwen2Tokenizer","added_tokens_decoder":{"256":{"content":"<|im_start|>","special":true},"257":{"content":"<|im_end|>","special":true}}}
            """);
        return Tokenizer.Load(_temp.Path);
    }
}
