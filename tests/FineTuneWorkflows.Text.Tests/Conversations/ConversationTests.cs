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
            var builder = new BlockBuilder(length, 0);
            foreach (var text in texts) builder.Add(text);
            var blocks = new List<int[]>();
            while (builder.Take() is { } block) blocks.Add(block);
            var stream = texts.SelectMany(t => t.Append(0)).ToArray();
            Assert.All(blocks, b => Assert.Equal(length, b.Length));
            Assert.Equal(stream.Length / length, blocks.Count);
            Assert.Equal(stream.Take(blocks.Count * length), blocks.SelectMany(b => b));
        });
    }

    [Fact]
    public void Llama_2_writes_turns_between_marks_and_the_system_into_the_first()
    {
        var tokenizer = ByteTokenizer();
        var chat = new ChatEncoder(tokenizer, ChatFormat.Llama2);
        ChatMessage[] messages = [new("system", "Be kind."), new("user", " hi "), new("assistant", "yes"), new("user", "more"), new("assistant", "no")];
        var row = chat.Encode(messages);
        Assert.Equal(
            "<s>[INST] <<SYS>>\nBe kind.\n<</SYS>>\n\n hi [/INST] yes </s><s>[INST] more [/INST] no </s>", tokenizer.Decode(row.Ids, skipSpecialTokens: false));
        // The question's mark ends the prompt, so that the space after it is the answer's.
        Assert.Equal(" yes </s> no </s>", tokenizer.Decode([.. row.Labels.Where(l => l >= 0)], skipSpecialTokens: false));
        var prompt = chat.Prompt(messages[..2]);
        Assert.Equal("<s>[INST] <<SYS>>\nBe kind.\n<</SYS>>\n\n hi [/INST]", tokenizer.Decode(prompt, skipSpecialTokens: false));
        Assert.Throws<ArgumentException>(() => chat.Encode([new("user", "a"), new("user", "b")]));
        Assert.Throws<ArgumentException>(() => chat.Encode([new("assistant", "a")]));
    }

    [Theory]
    [InlineData(ChatFormat.ChatMl, "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\nyes<|im_end|>\n", "yes<|im_end|>", "<|im_end|>")]
    [InlineData(ChatFormat.Llama2, "<s>[INST] <<SYS>>\nBe kind.\n<</SYS>>\n\nhi [/INST] yes </s>", " yes </s>", "</s>")]
    [InlineData(ChatFormat.Mistral, "<s>[INST] Be kind.\n\nhi [/INST] yes</s>", " yes</s>", "</s>")]
    [InlineData(ChatFormat.Zephyr, "<|system|>\nBe kind.</s>\n<|user|>\nhi</s>\n<|assistant|>\nyes</s>\n", "yes</s>", "</s>")]
    [InlineData(ChatFormat.Plain, "Be kind.\nUser: hi\nAssistant: yes</s>\n", " yes</s>", "</s>")]
    public void Each_format_writes_learns_and_ends_in_its_way_and_asks_with_the_beginning_of_what_it_learned(ChatFormat format, string text, string learned, string end)
    {
        var tokenizer = ByteTokenizer();
        var chat = new ChatEncoder(tokenizer, format);
        ChatMessage[] messages = [new("system", "Be kind."), new("user", "hi"), new("assistant", "yes")];
        var row = chat.Encode(messages);
        Assert.Equal(text, tokenizer.Decode(row.Ids, skipSpecialTokens: false));
        Assert.Equal(learned, tokenizer.Decode([.. row.Labels.Where(l => l >= 0)], skipSpecialTokens: false));
        Assert.Equal(tokenizer.IdOf(end), chat.EndOfTurn);
        Assert.Equal(row.Ids[..Array.FindIndex(row.Labels, l => l >= 0)], chat.Prompt(messages[..2]));
    }

    [Fact]
    public void No_message_can_end_a_turn_or_begin_another_whatever_it_says()
    {
        var tokenizer = ByteTokenizer();
        string[] names = ["<|im_start|>", "<|im_end|>", "<s>", "</s>", "<", "|", "x", " ", "\n", "\uFDD0"];
        Gen.Select(Gen.OneOfConst(Enum.GetValues<ChatFormat>().Except([ChatFormat.Llama3]).ToArray()), Gen.OneOfConst(names).Array[1, 12], Gen.OneOfConst(names).Array[1, 12]).Sample((format, asked, answered) =>
        {
            var chat = new ChatEncoder(tokenizer, format);
            ChatMessage[] messages = [new("user", "u" + string.Concat(asked) + "v"), new("assistant", "a" + string.Concat(answered) + "b")];
            var (ids, plain) = (chat.Encode(messages).Ids, chat.Encode([new("user", "q"), new("assistant", "a")]).Ids);
            // As many special tokens as where nothing is said, and every word of the messages as text.
            Assert.Equal(plain.Count(tokenizer.IsSpecial), ids.Count(tokenizer.IsSpecial));
            var text = tokenizer.Decode(ids, skipSpecialTokens: false);
            Assert.Contains(messages[0].Content!, text, StringComparison.Ordinal);
            Assert.Contains(messages[1].Content!, text, StringComparison.Ordinal);
        }, iter: 200);
    }

    [Fact]
    public void A_plain_format_needs_nothing_but_an_end_token()
    {
        var bert = Tokenizer.Load(ShippedData.Bert);
        Assert.Contains("a token that ends texts (eos_token)", Assert.Throws<TextDataException>(() => new ChatEncoder(bert, ChatFormat.Plain)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_family_shows_its_format()
    {
        Assert.Equal(ChatFormat.ChatMl, ChatFormats.Of(ByteTokenizer()));
        Assert.Null(ChatFormats.Of(Tokenizer.Load(ShippedData.Bert)));
        var llama = Tokenizer.Load(Path.Combine(AppContext.BaseDirectory, "Tokenization", "Fixtures", "llama"));
        Assert.Equal(ChatFormat.Llama2, ChatFormats.Of(llama));
        var row = new ChatEncoder(llama, ChatFormat.Llama2).Encode([new("user", "the cat"), new("assistant", "is here")]);
        Assert.Equal("is here", llama.Decode([.. row.Labels.Where(l => l >= 0)]).Trim());
        Assert.Equal((llama.SpecialTokens.Begin, llama.SpecialTokens.End), (row.Ids[0], row.Ids[^1]));
    }

    private Tokenizer ByteTokenizer() => Tokenization.Loading.SmallTokenizers.Bytes(_temp);
}
