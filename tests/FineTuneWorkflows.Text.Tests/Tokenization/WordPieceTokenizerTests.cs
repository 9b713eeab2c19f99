using System.Text;
using CsCheck;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.Tests.Tokenization;

public class WordPieceTokenizerTests
{
    private static readonly string Vocabulary = Path.Combine(ShippedData.Bert, "vocab.txt");
    private static readonly WordPieceTokenizer Tokenizer = WordPieceTokenizer.Load(ShippedData.Bert);
    private static readonly ReferenceTokenizer Reference = new(Vocabulary);

    [Theory]
    [InlineData("Hello, World!", "[CLS] hello , world ! [SEP]")]
    [InlineData("unaffable", "[CLS] una ##ffa ##ble [SEP]")]
    [InlineData("Québec naïve ẾÀ", "[CLS] quebec naive ea [SEP]")]
    [InlineData("don't stop-it", "[CLS] don ' t stop - it [SEP]")]
    [InlineData("line\nbreak\tand\rreturn", "[CLS] line break and return [SEP]")]
    [InlineData("zero\u200Bwidth soft\u00ADhyphen", "[CLS] zero ##wi ##dt ##h soft ##hy ##ph ##en [SEP]")]
    [InlineData("中文", "[CLS] 中 文 [SEP]")]
    [InlineData("a[SEP]b", "[CLS] a [ sep ] b [SEP]")]
    [InlineData("", "[CLS] [SEP]")]
    [InlineData(" \u0000\uFFFD\u0007 ", "[CLS] [SEP]")]
    [InlineData("ΟΔΟΣ", "[CLS] ο ##δ ##ος [SEP]")]
    [InlineData("İstanbul", "[CLS] istanbul [SEP]")]
    public void A_text_becomes_the_tokens_that_BERT_was_trained_on(string text, string tokens) =>
        Assert.Equal(tokens, string.Join(' ', Tokenizer.Encode(text).Ids.Select(Tokenizer.Token)));

    [Fact]
    public void Every_code_point_alone_and_inside_a_word_gives_the_reference_ids()
    {
        var different = new List<string>();
        // Beyond the tertiary ideographs there are only unassigned and private-use characters, all alike: every 61st will do.
        for (var c = 0; c < 0x110000; c += c is > 0x32400 and not (>= 0xE0000 and < 0xE0200) ? 61 : 1)
        {
            if (c is >= 0xD800 and < 0xE000) continue;
            var text = string.Concat(char.ConvertFromUtf32(c), " ab", char.ConvertFromUtf32(c), "Σ");
            if (!Tokenizer.Encode(text).Ids.SequenceEqual(Reference.Encode(text))) different.Add(c.ToString("X4"));
        }
        Assert.Empty(different);
    }

    [Fact]
    public void Generated_texts_give_the_reference_ids() =>
        Texts.Sample(text => Assert.Equal(Reference.Encode(text), Tokenizer.Encode(text).Ids), iter: 20_000);

    [Theory]
    [InlineData(false, null)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Generated_texts_give_the_reference_ids_whatever_the_options(bool lower, bool? strip)
    {
        var tokenizer = WordPieceTokenizer.Load(Vocabulary, new WordPieceOptions { LowerCase = lower, StripAccents = strip });
        var reference = new ReferenceTokenizer(Vocabulary, lower, strip);
        Texts.Sample(text => Assert.Equal(reference.Encode(text), tokenizer.Encode(text).Ids), iter: 5_000);
    }

    [Fact]
    public void The_shipped_sentences_give_the_reference_ids()
    {
        foreach (var line in File.ReadLines(ShippedData.Sentences)) Assert.Equal(Reference.Encode(line), Tokenizer.Encode(line).Ids);
    }

    [Fact]
    public void Lone_surrogates_are_dropped() => Assert.Equal(Tokenizer.Encode("ab").Ids, Tokenizer.Encode("a\uD83Db\uDE00").Ids);

    [Theory]
    [InlineData(100, false)]
    [InlineData(101, true)]
    public void A_word_of_more_than_a_hundred_characters_is_unknown_counted_in_code_points(int length, bool unknown)
    {
        foreach (var letter in new[] { "a", "é", "𝒳" })
        {
            var text = string.Concat(Enumerable.Repeat(letter, length));
            Assert.Equal(Reference.Encode(text), Tokenizer.Encode(text).Ids);
        }
        Assert.Equal(unknown, Tokenizer.Encode(new string('a', length)).Ids[1] == Tokenizer.UnknownId);
    }

    [Fact]
    public void A_million_characters_are_cut_to_the_maximum_length_and_the_loss_is_counted()
    {
        var text = string.Concat(Enumerable.Repeat("word ", 200_000));
        var encoded = Tokenizer.Encode(text, 128);
        Assert.Equal(128, encoded.Ids.Length);
        Assert.Equal(200_000 - 126, encoded.LostTokens);
        Assert.Equal(Tokenizer.SeparatorId, encoded.Ids[^1]);
        Assert.Equal([Tokenizer.ClassificationId, Tokenizer.UnknownId, Tokenizer.SeparatorId], Tokenizer.Encode(new string('x', 1_000_000)).Ids);
        Assert.Equal(1, Tokenizer.Encode(new string('x', 1_000_000)).UnknownTokens);
    }

    [Fact]
    public void Truncation_keeps_the_beginning_and_the_separator() => Texts.Select(Gen.Int[2, 12]).Sample((text, max) =>
    {
        var whole = Tokenizer.Encode(text).Ids;
        var cut = Tokenizer.Encode(text, max);
        Assert.Equal(whole.Length, cut.Ids.Length + cut.LostTokens);
        Assert.Equal(whole[..(cut.Ids.Length - 1)], cut.Ids[..^1]);
        Assert.Equal(Tokenizer.SeparatorId, cut.Ids[^1]);
    }, iter: 2_000);

    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.OneOfConst("the", "movie", "Great", "UNBELIEVABLE", "é", "e\u0301", "ﬁ", "İ", "ΣΑΣ", "Σ", "中", "한국어", "ไทย", "हिन्दी", "👩‍👩‍👧", "🙂",
            "\u200D", "\uFE0F", "x\u0336", "Ǆ", "ß", "ẞ", "\u212B", "\uF900", "\U0002F800", "\u1E9B\u0323"),
        Gen.OneOfConst(" ", "\n", "\t", "\u00A0", "\u3000", "\u2028", "\u0085", "\u000B", "\u001C", "\u180E", ".", ",", "'", "’", "-", "—", "$", "`",
            "^", "¿", "、", "_", "[MASK]", "##"),
        Gen.Char[' ', '~'].Select(c => c.ToString()),
        Gen.Int[0x80, 0x2FFF].Select(char.ConvertFromUtf32),
        Gen.Int[0xE000, 0x10FFFF].Select(char.ConvertFromUtf32),
        Gen.Int[0xAC00, 0xD7A3].Select(char.ConvertFromUtf32)).Array[0, 40].Select(parts => string.Concat(parts));
}
