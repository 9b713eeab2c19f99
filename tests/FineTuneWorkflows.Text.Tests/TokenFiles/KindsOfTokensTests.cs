using System.Text.Json;
using CsCheck;
using FineTuneWorkflows.Text.Conversations;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Labelling;
using FineTuneWorkflows.Text.Tests.Tokenization.Loading;
using FineTuneWorkflows.Text.TokenFiles;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.Tests.TokenFiles;

public sealed class KindsOfTokensTests : IDisposable
{
    private static readonly Tokenizer Bert = Tokenizer.Load(ShippedData.Bert);

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Pairs_keep_where_the_second_text_begins()
    {
        var tokens = Write(DataKind.TextPairClassification, [new("a question", "x") { Second = "the passage" }, new("b", "y") { Second = "c" }]);
        using var split = tokens.Split(SplitName.Train);
        Assert.Equal((true, true, false, false), (split.HasLabels, split.HasSecondStarts, split.HasTokenLabels, split.HasClasses));
        var pair = Bert.EncodePair("a question", "the passage");
        Assert.Equal(pair.Ids, split.TokensOf(0));
        Assert.Equal(pair.TypeIds.ToList().IndexOf(1), split.SecondStart(0));
        Assert.Equal([0, 1], new[] { split.Label(0), split.Label(1) });
        Assert.Throws<InvalidOperationException>(() => split.CopyTokenLabels(0, new int[99]));
    }

    [Fact]
    public void Texts_for_embeddings_stand_one_after_the_other_each_whole_with_its_special_tokens()
    {
        var triplets = Write(DataKind.TextTriplets, [new("a question") { Second = "the answer is long", Third = "no" }, new("b") { Second = "c", Third = "d" }], new() { MaxLength = 5 });
        using (var split = triplets.Split(SplitName.Train))
        {
            Assert.Equal((false, true, true, false), (split.HasLabels, split.HasSecondStarts, split.HasThirdStarts, split.HasScores));
            int[] ids = split.TokensOf(0), first = Bert.Encode("a question").Ids, third = Bert.Encode("no").Ids;
            Assert.Equal([.. first, .. Bert.Encode("the answer is long", 5).Ids, .. third], ids);
            Assert.Equal((first.Length, ids.Length - third.Length), (split.SecondStart(0), split.ThirdStart(0)));
            Assert.Equal((3, 6), (split.SecondStart(1), split.ThirdStart(1)));
            Assert.Throws<InvalidOperationException>(() => split.Score(0));
        }
        Assert.Equal((1L, 1L), (triplets.Info.Splits["train"].TruncatedTexts, triplets.Info.Splits["train"].TruncatedTokens));

        using var scored = Write(DataKind.ScoredTextPairs, [new("a") { Second = "b", Score = 0.25 }, new("c") { Second = "d", Score = 1 }]).Split(SplitName.Train);
        Assert.Equal([0.25, 1], new[] { scored.Score(0), scored.Score(1) });
        using var pairs = Write(DataKind.TextPairs, [new("a") { Second = "b" }]).Split(SplitName.Train);
        Assert.Equal([.. Bert.Encode("a").Ids, .. Bert.Encode("b").Ids], pairs.TokensOf(0));
        Assert.Throws<InvalidOperationException>(() => pairs.ThirdStart(0));
    }

    [Fact]
    public void Many_labels_are_bits_of_any_number_of_classes()
    {
        Gen.Int[0, 18].Array[0, 6].Array[1, 20].Sample(rows =>
        {
            var examples = rows.Select((r, i) => TextExample.OfLabels($"text {i}", r.Select(n => $"label {n:00}"))).ToArray();
            var tokens = Write(DataKind.MultiLabelClassification, examples);
            using var split = tokens.Split(SplitName.Train);
            Assert.Equal((false, true), (split.HasLabels, split.HasClasses));
            var classes = new bool[split.Classes];
            for (var row = 0; row < rows.Length; row++)
            {
                split.CopyClasses(row, classes);
                Assert.Equal(examples[row].Labels, tokens.Info.Labels.Where((_, i) => classes[i]));
            }
        }, iter: 20, threads: 1);
    }

    [Fact]
    public void A_tagged_word_has_its_tag_on_its_first_sub_word_alone()
    {
        string[] words = ["Quiddestraße", "is", "unfathomable", "."], tags = ["B-LOC", "O", "B-X", "O"];
        var tokens = Write(DataKind.TokenClassification, [TextExample.OfWords(words, tags)]);
        Assert.Equal(["O", "B-LOC", "I-LOC", "B-X", "I-X"], tokens.Info.Labels);
        using var split = tokens.Split(SplitName.Train);
        var expected = Bert.EncodeWords(words);
        Assert.Equal(expected.Ids, split.TokensOf(0));
        var labels = new int[split.Length(0)];
        Assert.Equal(labels.Length, split.CopyTokenLabels(0, labels));
        Assert.Equal(TokenLabels.OfWords(expected, [1, 0, 3, 0]), labels);
        Assert.Equal([1, 0, 3, 0], labels.Where(l => l != TokenLabels.Ignored));
        Assert.Equal(1, tokens.Info.Splits["train"].Classes["B-LOC"]);

        using var all = Write(DataKind.TokenClassification, [TextExample.OfWords(words, tags)], new() { LabelAllSubwords = true }).Split(SplitName.Train);
        all.CopyTokenLabels(0, labels);
        Assert.Equal(TokenLabels.OfWords(expected, [1, 0, 3, 0], l => l is 1 or 3 ? l + 1 : l), labels);
    }

    [Fact]
    public void Words_that_are_cut_off_have_no_label_and_the_others_keep_theirs()
    {
        Gen.Select(Gen.OneOfConst("a", "unfathomable", "Ä1", "...", "\u200d").Array[1, 30], Gen.Int[2, 20], Gen.Bool).Sample((words, length, all) =>
        {
            var tags = words.Select((w, i) => i % 3 == 0 ? "O" : i % 3 == 1 ? "B-X" : "I-X").ToArray();
            var tokens = Write(DataKind.TokenClassification, [TextExample.OfWords(words, tags)], new() { MaxLength = length, LabelAllSubwords = all });
            using var split = tokens.Split(SplitName.Train);
            var row = Bert.EncodeWords(words, new() { MaxLength = length });
            var labels = new int[split.Length(0)];
            split.CopyTokenLabels(0, labels);
            var names = tokens.Info.Labels;
            var first = row.WordIds.Select((w, i) => w >= 0 && (i == 0 || row.WordIds[i - 1] != w)).ToArray();
            for (var i = 0; i < labels.Length; i++)
            {
                if (row.WordIds[i] < 0) Assert.Equal(TokenLabels.Ignored, labels[i]);
                else if (first[i]) Assert.Equal(tags[row.WordIds[i]], names[labels[i]]);
                else if (!all) Assert.Equal(TokenLabels.Ignored, labels[i]);
                else Assert.Equal(tags[row.WordIds[i]].Replace("B-", "I-", StringComparison.Ordinal), names[labels[i]]);
            }
        }, iter: 60, threads: 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Plain_text_becomes_full_blocks_with_a_divider_after_each_document(int threads)
    {
        var texts = Enumerable.Range(0, 3000).Select(i => string.Join(' ', Enumerable.Range(i, 1 + (i % 40)))).ToArray();
        var tokens = Write(DataKind.PlainText, [.. texts.Select(t => new TextExample(t))], new() { MaxLength = 32, Threads = threads });
        var (cls, sep) = (Bert.SpecialTokens.Classification!.Value, Bert.SpecialTokens.Separator!.Value);
        var stream = texts.SelectMany(t => Bert.Encode(t, new EncodeOptions { AddSpecialTokens = false }).Ids.Append(sep)).ToArray();
        using var split = tokens.Split(SplitName.Train);
        var rows = Enumerable.Range(0, split.Count).Select(split.TokensOf).ToList();
        Assert.All(rows.SkipLast(1), r => Assert.Equal(32, r.Length));
        Assert.All(rows, r => Assert.Equal((cls, sep), (r[0], r[^1])));
        var said = rows.SelectMany(r => r[1..^1]).ToArray();
        Assert.True(stream.AsSpan().StartsWith(said));
        Assert.InRange(stream.Length - said.Length, 0, 1);
        var info = tokens.Info;
        Assert.Equal((DataKind.PlainText, true, sep, 3000L, (long)rows.Count), (info.Kind, info.Packed, info.DocumentDivider, info.Splits["train"].Examples, info.Splits["train"].Count));
        Assert.Equal((0, false, false), (split.Classes, split.HasLabels, split.HasTokenLabels));
    }

    [Fact]
    public void Plain_text_that_is_not_joined_is_a_row_a_document()
    {
        var tokens = Write(DataKind.PlainText, [new("one two three four"), new("five")], new() { MaxLength = 4, Packing = false });
        using var split = tokens.Split(SplitName.Train);
        Assert.Equal(Bert.Encode("one two three four", 4).Ids, split.TokensOf(0));
        Assert.Equal((false, 2L), (tokens.Info.Packed, tokens.Info.Splits["train"].TruncatedTokens));
    }

    [Fact]
    public void Conversations_have_labels_where_the_assistant_speaks()
    {
        var tokenizer = ByteTokenizer();
        ChatMessage[] messages = [new("user", "hi"), new("assistant", "yes")];
        TextExample[] examples = [TextExample.OfMessages(messages), TextExample.OfMessages([new("user", new string('x', 99)), new("assistant", "no")])];
        var tokens = Write(DataKind.Conversations, examples, new() { MaxLength = 64 }, tokenizer);
        using var split = tokens.Split(SplitName.Train);
        var expected = new ChatEncoder(tokenizer, ChatFormat.ChatMl).Encode(messages);
        // Of the second nothing that is to be learned is left.
        Assert.Equal((1, 1L), (split.Count, tokens.Info.Splits["train"].DroppedExamples));
        var labels = new int[split.Length(0)];
        split.CopyTokenLabels(0, labels);
        Assert.Equal(expected.Ids, split.TokensOf(0));
        Assert.Equal(expected.Labels, labels);
        Assert.Equal(ChatFormat.ChatMl, tokens.Info.ChatFormat);
        Assert.Equal(tokenizer.Sha256, tokens.Info.TokenizerSha256);
        var config = JsonDocument.Parse(File.ReadAllText(Path.Combine(tokens.Folder, "tokenizer_config.json"))).RootElement;
        Assert.Equal(ChatTemplateFile.Of(ChatFormat.ChatMl), config.GetProperty("chat_template").GetString());
        Assert.Equal("Qwen2Tokenizer", config.GetProperty("tokenizer_class").GetString());
        Assert.Equal(tokenizer.VocabularySha256, tokens.LoadTokenizer().VocabularySha256);
    }

    [Fact]
    public void A_tokenizers_own_chat_template_is_what_is_learned_and_stays()
    {
        const string Own = "{% for m in messages %}{{ m.role }}={{ m.content }}</s>{{ '\\n' }}{% endfor %}{% if add_generation_prompt %}assistant={% endif %}";
        ByteTokenizer();
        foreach (var own in (string[])["chat_template.jinja", "tokenizer_config.json"])
        {
            var tokens = Write(DataKind.Conversations, [TextExample.OfMessages([new("user", "hi"), new("assistant", "yes")])], new(), Templated(own, Own));
            using var split = tokens.Split(SplitName.Train);
            var tokenizer = tokens.LoadTokenizer();
            var labels = new int[split.Length(0)];
            split.CopyTokenLabels(0, labels);
            Assert.Equal("user=hi</s>\nassistant=yes</s>\n", tokenizer.Decode(split.TokensOf(0), skipSpecialTokens: false));
            Assert.Equal("yes</s>", tokenizer.Decode([.. labels.Where(l => l >= 0)], skipSpecialTokens: false));
            Assert.Null(tokens.Info.ChatFormat);
            Assert.Equal(Own, ChatTemplate.Of(tokenizer)!.Source);
        }
    }

    [Fact]
    public void A_format_that_is_chosen_takes_the_place_of_the_tokenizers_own_template()
    {
        ByteTokenizer();
        foreach (var own in (string[])["chat_template.jinja", "tokenizer_config.json"])
        {
            var tokens = Write(DataKind.Conversations, [TextExample.OfMessages([new("user", "hi"), new("assistant", "yes")])], new() { ChatFormat = ChatFormat.ChatMl }, Templated(own, "{{ mine }}"));
            Assert.Equal(ChatTemplateFile.Of(ChatFormat.ChatMl), ChatTemplate.Of(tokens.LoadTokenizer())!.Source);
            Assert.Equal(ChatFormat.ChatMl, tokens.Info.ChatFormat);
        }
    }

    [Fact]
    public void A_template_that_cannot_be_followed_is_refused_with_the_parameter_that_chooses_another()
    {
        ByteTokenizer();
        var error = Assert.Throws<TextDataException>(() => Write(
            DataKind.Conversations, [TextExample.OfMessages([new("user", "hi"), new("assistant", "yes")])], new(), Templated("chat_template.jinja", "a\n{% include 'b' %}")));
        Assert.Contains("chat_template.jinja: the chat template cannot be followed: line 2: the statement 'include' is not known", error.Message, StringComparison.Ordinal);
        Assert.Contains("set ChatFormat to one of ChatMl, Llama3, Llama2, Mistral, Zephyr, Plain", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Conversations_of_which_a_template_shows_no_answer_name_their_line()
    {
        ByteTokenizer();
        // Thoughts of earlier answers are left out where more follows, as some templates do.
        var template = "{% for m in messages %}{{ m.role }}={{ m.content if loop.last else m.content.split('</think>') | last }}</s>{% endfor %}{% if add_generation_prompt %}assistant={% endif %}";
        TextExample[] examples = [TextExample.OfMessages([new("user", "a"), new("assistant", "b")]), TextExample.OfMessages([new("user", "a"), new("assistant", "t</think>b"), new("user", "c"), new("assistant", "d")])];
        var error = Assert.Throws<TextDataException>(() => Write(DataKind.Conversations, examples, new(), Templated("chat_template.jinja", template)));
        Assert.Contains("train.jsonl:2: the conversation cannot be written: chat_template.jinja writes message 2 otherwise where more follows", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Conversations_are_joined_whole_where_asked()
    {
        var tokenizer = ByteTokenizer();
        var examples = Enumerable.Range(0, 9).Select(i => TextExample.OfMessages([new("user", new string('q', i)+ "?"), new("assistant", "a" + i)])).ToArray();
        var tokens = Write(DataKind.Conversations, examples, new() { MaxLength = 100, Packing = true }, tokenizer);
        using var split = tokens.Split(SplitName.Train);
        var chat = new ChatEncoder(tokenizer, ChatFormat.ChatMl);
        Assert.Equal(examples.SelectMany(e => chat.Encode(e.Messages).Ids), Enumerable.Range(0, split.Count).SelectMany(split.TokensOf));
        Assert.All(Enumerable.Range(0, split.Count), r => Assert.Equal(tokenizer.IdOf("<|im_start|>"), split.TokensOf(r)[0]));
        Assert.Equal(3, split.Count);
    }

    [Fact]
    public void A_conversation_that_the_format_cannot_write_names_its_line_and_a_vocabulary_without_a_format_is_refused()
    {
        var example = TextExample.OfMessages([new("assistant", "hi"), new("user", "hi")]);
        var error = Assert.Throws<TextDataException>(() => Write(DataKind.Conversations, [example], new() { ChatFormat = ChatFormat.Llama2 }, ByteTokenizer()));
        Assert.EndsWith("train.jsonl:1: the conversation cannot be written: in this format user and assistant take turns, the user first", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<TextDataException>(() => Write(DataKind.Conversations, [example]));
        Assert.Contains("has no chat template and its vocabulary shows no chat format; set ChatFormat to one whose tokens it has: ChatMl, Llama3, Llama2, Mistral, Zephyr, Plain", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<TextDataException>(() => Write(DataKind.Conversations, [example], new() { ChatFormat = ChatFormat.ChatMl }));
        Assert.Contains("lacks '<|im_start|>'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DataKind.TextPairClassification)]
    [InlineData(DataKind.MultiLabelClassification)]
    [InlineData(DataKind.TokenClassification)]
    [InlineData(DataKind.Conversations)]
    public void Damage_anywhere_is_noticed_or_harmless(DataKind kind)
    {
        TextExample[] examples = kind switch
        {
            DataKind.TextPairClassification => [new("a", "x") { Second = "b" }, new("c", "y") { Second = "d" }],
            DataKind.MultiLabelClassification => [TextExample.OfLabels("a", ["x", "y"]), TextExample.OfLabels("b", [])],
            DataKind.TokenClassification => [TextExample.OfWords(["a", "b"], ["B-X", "O"])],
            _ => [TextExample.OfMessages([new("user", "a"), new("assistant", "b")])],
        };
        var tokens = Write(kind, examples, new(), kind == DataKind.Conversations ? ByteTokenizer() : Bert);
        var path = Path.Combine(tokens.Folder, "train.tokens");
        var whole = File.ReadAllBytes(path);
        var noticed = 0;
        for (var i = 0; i < whole.Length; i++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[i] ^= 0xFF;
            File.WriteAllBytes(path, damaged);
            try
            {
                using var split = tokens.Split(SplitName.Train);
                split.Verify(TestContext.Current.CancellationToken);
                ReadAll(split);
            }
            catch (TextDataException e)
            {
                Assert.Equal(path, e.File);
                noticed++;
            }
        }
        Assert.InRange(noticed, 64 + 16, whole.Length);
        for (var length = 0; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Contains("damaged", Assert.Throws<TextDataException>(() => tokens.Split(SplitName.Train)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_tokenizers_digest_tells_settings_apart_that_share_a_vocabulary()
    {
        var tokens = Write(DataKind.TextClassification, [new("a", "x"), new("b", "y")]);
        Assert.Equal((Bert.Sha256, Bert.Sha256), (tokens.Info.TokenizerSha256, tokens.LoadTokenizer().Sha256));
        Bert.Save(_temp.Path);
        File.WriteAllText(_temp["tokenizer_config.json"], """{"do_lower_case":false}""");
        var cased = Tokenizer.Load(_temp.Path);
        Assert.Equal(Bert.VocabularySha256, cased.VocabularySha256);
        Assert.NotEqual(Bert.Sha256, cased.Sha256);
    }

    private static void ReadAll(TokenSplit split)
    {
        for (var row = 0; row < split.Count; row++)
        {
            var length = split.TokensOf(row).Length;
            if (split.HasTokenLabels) split.CopyTokenLabels(row, new int[length]);
            if (split.HasSecondStarts) Assert.InRange(split.SecondStart(row), 0, length);
            if (split.HasClasses) split.CopyClasses(row, new bool[split.Classes]);
        }
    }

    private TokenizedDataset Write(DataKind kind, TextExample[] train, TokenizeOptions? options = null, Tokenizer? tokenizer = null)
    {
        using var writer = new DatasetFolderWriter(_temp["dataset"], kind);
        foreach (var example in train) writer.Add(SplitName.Train, example);
        var dataset = writer.Complete();
        return TokenizedDataset.Write(dataset, tokenizer ?? Bert, options ?? new(), _temp["tokens"], cancellationToken: TestContext.Current.CancellationToken);
    }

    /// <summary>The tokenizer of bytes with a chat template of its own.</summary>
    private Tokenizer Templated(string file, string template)
    {
        var folder = _temp["bytes"];
        File.Delete(Path.Combine(folder, "chat_template.jinja"));
        var settings = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "tokenizer_config.json")))!.AsObject();
        settings.Remove("chat_template");
        if (file == "tokenizer_config.json") settings["chat_template"] = template;
        else File.WriteAllText(Path.Combine(folder, file), template);
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), settings.ToJsonString());
        return Tokenizer.Load(folder);
    }

    private Tokenizer ByteTokenizer() => SmallTokenizers.Bytes(_temp);
}
