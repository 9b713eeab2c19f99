using System.Text.Json;
using CsCheck;
using FineTuneWorkflows.Text.Tokenization;
using FineTuneWorkflows.Text.Tokenization.Training;

namespace FineTuneWorkflows.Text.Tests.Tokenization.Training;

public class BytePairTrainerTests
{
    private static readonly string[] Sentences =
    [
        .. File.ReadLines(ShippedData.Sentences).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("text").GetString()!),
    ];

    [Fact]
    public void The_vocabulary_is_the_end_the_bytes_and_pieces_by_frequency()
    {
        using var temp = new TempFolder();
        // low x5, lower x2, newest x6, widest x3: the example of Sennrich et al.
        var texts = Enumerable.Repeat("low", 5).Concat(Enumerable.Repeat("lower", 2)).Concat(Enumerable.Repeat("newest", 6)).Concat(Enumerable.Repeat("widest", 3));
        var tokenizer = BytePairTrainer.Train(texts, new() { VocabularySize = 262 }, temp.Path, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(262, tokenizer.VocabularySize);
        Assert.Equal("<|endoftext|>", tokenizer.Token(0));
        Assert.Equal(["es", "est", "lo", "low", "ew"], Enumerable.Range(257, 5).Select(tokenizer.Token));
        Assert.Equal(["#version: 0.2", "e s", "es t", "l o", "lo w", "e w"], File.ReadAllLines(temp["merges.txt"]));
        Assert.Equal((0, 0), (tokenizer.SpecialTokens.Begin, tokenizer.SpecialTokens.End));
        Assert.Null(tokenizer.SpecialTokens.Mask);
    }

    [Fact]
    public void Every_text_comes_back_from_its_tokens()
    {
        using var temp = new TempFolder();
        var tokenizer = BytePairTrainer.Train(Sentences, new() { VocabularySize = 1_000 }, temp.Path, cancellationToken: TestContext.Current.CancellationToken);
        Gen.String.Where(text => text.IsNormalized() && !text.Contains('\uFFFD') && !text.Any(char.IsSurrogate)).Sample(
            text => tokenizer.Decode(tokenizer.Encode(text, new EncodeOptions { AddSpecialTokens = false }).Ids) == text, iter: 500);
        Assert.All(Sentences.Take(300), s => Assert.Equal(s, tokenizer.Decode(tokenizer.Encode(s).Ids)));
        // Learned pieces pay: far fewer tokens than bytes.
        Assert.InRange(Sentences.Sum(s => tokenizer.Encode(s).Ids.Length) / (double)Sentences.Sum(s => s.Length), 0, 0.5);
    }

    [Fact]
    public void The_order_of_the_texts_changes_no_byte()
    {
        using TempFolder a = new(), b = new();
        BytePairTrainer.Train(Sentences, new() { VocabularySize = 600 }, a.Path, cancellationToken: TestContext.Current.CancellationToken);
        BytePairTrainer.Train(Sentences.Reverse(), new() { VocabularySize = 600 }, b.Path, cancellationToken: TestContext.Current.CancellationToken);
        foreach (var name in new[] { "vocab.json", "merges.txt", "tokenizer_config.json" })
            Assert.Equal(File.ReadAllBytes(a[name]), File.ReadAllBytes(b[name]));
    }

    [Fact]
    public void A_size_without_room_for_the_bytes_and_texts_without_words_are_refused()
    {
        using var temp = new TempFolder();
        Assert.Contains("257 already", Assert.Throws<TextDataException>(
            () => BytePairTrainer.Train(["a"], new() { VocabularySize = 200 }, temp.Path)).Message, StringComparison.Ordinal);
        Assert.Contains("no words", Assert.Throws<TextDataException>(() => BytePairTrainer.Train([""], new(), temp.Path)).Message, StringComparison.Ordinal);
    }
}
