using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.Tests.Tokenization;

public sealed class TokenizerFilesTests : IDisposable
{
    private const string Specials = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n";
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Defaults_are_those_of_an_uncased_BERT()
    {
        var options = new WordPieceOptions();
        Assert.Equal((true, null, true, null), (options.LowerCase, options.StripAccents, options.SplitIdeographs, options.ModelMaxLength));
    }

    [Fact]
    public void The_configuration_beside_the_vocabulary_is_followed()
    {
        _temp.Write("vocab.txt", "<pad>\n<unk>\n<s>\n</s>\n<mask>\nA\na\ná\n中\n文\n##文\n");
        _temp.Write("tokenizer_config.json", """
            {"do_lower_case": false, "tokenize_chinese_chars": false, "unk_token": {"content": "<unk>", "lstrip": false},
             "cls_token": "<s>", "sep_token": "</s>", "pad_token": "<pad>", "mask_token": "<mask>",
             "model_max_length": 1000000000000000019884624838656, "tokenizer_class": "BertTokenizer"}
            """);
        var tokenizer = WordPieceTokenizer.Load(_temp.Path);
        Assert.Equal("<s> A a á 中 ##文 </s>", string.Join(' ', tokenizer.Encode("A a á 中文").Ids.Select(tokenizer.Token)));
        Assert.Null(tokenizer.Options.ModelMaxLength);
        Assert.Equal(0, tokenizer.PaddingId);
    }

    [Fact]
    public void A_saved_tokenizer_loads_as_the_same()
    {
        var options = new WordPieceOptions { LowerCase = false, StripAccents = true, ModelMaxLength = 99 };
        var original = WordPieceTokenizer.Load(ShippedData.Bert, options);
        original.Save(_temp.Path);
        var copy = WordPieceTokenizer.Load(_temp.Path);
        Assert.Equal((original.Options, original.VocabularySha256, original.VocabularySize),
            (copy.Options, copy.VocabularySha256, copy.VocabularySize));
    }

    [Theory]
    [InlineData("[PAD]\n[UNK]\n[CLS]\n[SEP]\n", "lacks the special token '[MASK]'")]
    [InlineData("", "lacks the special token")]
    [InlineData(Specials + "twice\nonce\ntwice\n", ":8: the entry 'twice' stands there twice, first on line 6")]
    public void A_vocabulary_that_is_none_is_an_error_that_names_it(string content, string problem)
    {
        var path = _temp.Write("vocab.txt", content);
        var error = Assert.Throws<TextDataException>(() => WordPieceTokenizer.Load(path));
        Assert.Equal(path, error.File);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_binary_or_missing_vocabulary_is_an_error_that_names_it()
    {
        File.WriteAllBytes(_temp["vocab.txt"], [0x61, 0x80, 0xFF, 0x0A]);
        Assert.Contains("not UTF-8",
            Assert.Throws<TextDataException>(() => WordPieceTokenizer.Load(_temp["vocab.txt"], new WordPieceOptions())).Message,
            StringComparison.Ordinal);
        Assert.Contains("does not exist", Assert.Throws<TextDataException>(() => WordPieceTokenizer.Load(_temp["none.txt"])).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"do_lower_case\": \"yes\"}", "'do_lower_case' is \"yes\"; it must be true or false")]
    [InlineData("{\"unk_token\": 5}", "'unk_token' is 5")]
    [InlineData("{\"do_basic_tokenize\": false}", "not supported")]
    [InlineData("{", "damaged")]
    [InlineData("[]", "damaged")]
    public void A_configuration_that_is_wrong_names_file_and_setting(string content, string problem)
    {
        _temp.Write("vocab.txt", Specials);
        var path = _temp.Write("tokenizer_config.json", content);
        var error = Assert.Throws<TextDataException>(() => WordPieceTokenizer.Load(_temp.Path));
        Assert.Equal(path, error.File);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_threads_may_share_a_tokenizer()
    {
        var tokenizer = WordPieceTokenizer.Load(ShippedData.Bert);
        var lines = File.ReadLines(ShippedData.Sentences).ToArray();
        var alone = lines.Select(l => tokenizer.Encode(l).Ids).ToArray();
        var together = new int[lines.Length][];
        Parallel.For(0, lines.Length, i => together[i] = tokenizer.Encode(lines[i]).Ids);
        for (var i = 0; i < lines.Length; i++) Assert.Equal(alone[i], together[i]);
    }
}
