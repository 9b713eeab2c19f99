using System.Text.Json;
using CsCheck;
using FineTuneWorkflows.Text.Tokenization;
using FineTuneWorkflows.Text.Tokenization.Training;

namespace FineTuneWorkflows.Text.Tests.Tokenization.Training;

public class WordPieceTrainerTests
{
    private static readonly string[] Sentences =
    [
        .. File.ReadLines(ShippedData.Sentences).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("text").GetString()!),
    ];

    [Fact]
    public void The_vocabulary_begins_with_the_special_tokens_then_characters_then_pieces_by_frequency()
    {
        using var temp = new TempFolder();
        // low x5, lower x2, newest x6, widest x3: the example of Sennrich et al.
        var texts = Enumerable.Repeat("low", 5).Concat(Enumerable.Repeat("lower", 2)).Concat(Enumerable.Repeat("newest", 6)).Concat(Enumerable.Repeat("widest", 3));
        WordPieceTrainer.Train(texts, new() { VocabularySize = 31 }, temp.Path, cancellationToken: TestContext.Current.CancellationToken);
        string[] characters = ["d", "e", "i", "l", "n", "o", "r", "s", "t", "w"];
        string[] expected =
        [
            "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. characters, .. characters.Select(c => "##" + c),
            // es 9, est 9, lo 7, low 7; then of the pairs that stand there six times those with the lower numbers
            "##es", "##est", "lo", "low", "ne", "##west",
        ];
        Assert.Equal(expected, File.ReadAllLines(temp["vocab.txt"]));
    }

    [Fact]
    public void No_training_text_has_an_unknown_token_and_the_size_is_respected()
    {
        using var temp = new TempFolder();
        var options = new WordPieceTrainingOptions { VocabularySize = 2_000 };
        var tokenizer = WordPieceTrainer.Train(Sentences, options, temp.Path, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(2_000, tokenizer.VocabularySize);
        Assert.Equal(2_000, File.ReadAllLines(temp["vocab.txt"]).Distinct(StringComparer.Ordinal).Count());
        Assert.All(Sentences, s => Assert.DoesNotContain(tokenizer.UnknownId, tokenizer.Encode(s).Ids));
        // Frequent words are pieces of their own, so a text takes few more tokens than words.
        Assert.NotNull(tokenizer.IdOf("movie"));
        Assert.NotNull(tokenizer.IdOf("##ing"));
    }

    [Fact]
    public void Equal_texts_in_another_order_give_equal_bytes()
    {
        using var temp = new TempFolder();
        var options = new WordPieceTrainingOptions { VocabularySize = 1_500 };
        var token = TestContext.Current.CancellationToken;
        WordPieceTrainer.Train(Sentences, options, temp["a"], cancellationToken: token);
        WordPieceTrainer.Train(Sentences.Reverse(), options, temp["b"], cancellationToken: token);
        foreach (var file in new[] { "vocab.txt", "tokenizer_config.json" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(temp["a"], file)), File.ReadAllBytes(Path.Combine(temp["b"], file)));
    }

    [Fact]
    public void Whatever_the_texts_hold_they_encode_without_the_unknown_token()
    {
        using var temp = new TempFolder();
        Gen.Select(Gen.Char[' ', '\u052F'], Gen.Char, Gen.Int[0, 3]).Select((near, any, pick) => pick == 0 ? any : near).Array[1, 60]
            .Select(c => new string(c)).Array[1, 8].Sample(texts =>
            {
                if (!texts.Any(t => t.Any(char.IsAsciiLetter))) return;
                var tokenizer = WordPieceTrainer.Train(texts, new() { VocabularySize = 3_000, MinFrequency = 1 }, temp.Path);
                foreach (var text in texts) Assert.DoesNotContain(tokenizer.UnknownId, tokenizer.Encode(text).Ids);
            }, iter: 150, threads: 1);
    }

    [Fact]
    public void Pairs_that_stand_there_less_often_than_wanted_are_not_joined()
    {
        using var temp = new TempFolder();
        WordPieceTrainer.Train(["abab cd", "ab ce"], new() { MinFrequency = 3 }, temp.Path, cancellationToken: TestContext.Current.CancellationToken);
        var entries = File.ReadAllLines(temp["vocab.txt"]);
        // a b stands there twice as a beginning and once within a word; those are different pieces.
        Assert.DoesNotContain(entries, e => e.Length > 1 && !e.StartsWith("##", StringComparison.Ordinal) && !e.StartsWith('['));
    }

    [Fact]
    public void Of_too_many_characters_the_rarest_have_no_entry()
    {
        using var temp = new TempFolder();
        var tokenizer = WordPieceTrainer.Train(["aaa bbb c"], new() { MaxAlphabet = 2 }, temp.Path, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Null(tokenizer.IdOf("c"));
        Assert.Equal([tokenizer.ClassificationId, tokenizer.UnknownId, tokenizer.SeparatorId], tokenizer.Encode("c").Ids);
    }

    [Fact]
    public void A_cased_vocabulary_says_so_in_its_configuration()
    {
        using var temp = new TempFolder();
        var options = new WordPieceTrainingOptions { Tokenizer = new() { LowerCase = false, ModelMaxLength = 64 } };
        WordPieceTrainer.Train(["Ab ab"], options, temp.Path, cancellationToken: TestContext.Current.CancellationToken);
        var loaded = (WordPieceTokenizer)Tokenizer.Load(temp.Path);
        Assert.False(loaded.Options.LowerCase);
        Assert.Equal(64, loaded.ModelMaxLength);
        Assert.NotNull(loaded.IdOf("A"));
    }

    [Fact]
    public void A_size_without_room_for_the_characters_is_refused_with_their_number()
    {
        using var temp = new TempFolder();
        var error = Assert.Throws<TextDataException>(() => WordPieceTrainer.Train(["abc"], new() { VocabularySize = 10 }, temp.Path));
        Assert.Contains("11 already", error.Message, StringComparison.Ordinal);
        Assert.Throws<TextDataException>(() => WordPieceTrainer.Train([" \n"], new(), temp.Path));
        Assert.Throws<ArgumentOutOfRangeException>(() => WordPieceTrainer.Train(["a"], new() { MinFrequency = 0 }, temp.Path));
    }
}
