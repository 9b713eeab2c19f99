using System.Runtime.CompilerServices;
using FineTuneWorkflows.Text.Tests.Tokenization.Loading;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.Tests.Tokenization;

public sealed class TokenizerTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void A_RoBERTa_folder_puts_its_special_tokens_around_a_text_and_a_pair()
    {
        var tokenizer = Load(SmallTokenizers.BytePairs);
        Assert.Equal([0, 11, 8, 11, 2], tokenizer.Encode("hello hello").Ids);
        Assert.Equal([0, 11, 2, 2, 10, 2], tokenizer.EncodePair("hello", "he").Ids);
        Assert.Equal((512, 1, 13), (tokenizer.ModelMaxLength, tokenizer.SpecialTokens.Padding, tokenizer.SpecialTokens.Mask));
    }

    [Fact]
    public void What_it_used_to_encode_does_not_keep_it_in_memory()
    {
        var used = Used();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(used.IsAlive);
    }

    [Fact]
    public void A_special_tokens_name_in_a_text_becomes_it_only_when_asked()
    {
        var tokenizer = Load(SmallTokenizers.Json);
        Assert.DoesNotContain(8, tokenizer.Encode("hello<s>").Ids[1..]);
        Assert.Equal([8, 7, 8], tokenizer.Encode("hello<s>", new EncodeOptions { SpecialTokensInText = true }).Ids);
    }

    [Theory]
    [InlineData(PairTruncation.LongestFirst, 9, "101 7592 7592 7592 102 2088 2088 2088 102")]
    [InlineData(PairTruncation.OnlyFirst, 9, "101 7592 7592 102 2088 2088 2088 2088 102")]
    [InlineData(PairTruncation.OnlySecond, 9, "101 7592 7592 7592 7592 102 2088 2088 102")]
    public void A_pair_is_cut_where_it_is_asked_for(PairTruncation truncation, int length, string ids)
    {
        var tokenizer = Tokenizer.Load(ShippedData.Bert);
        var options = new EncodeOptions { MaxLength = length, Truncation = truncation };
        var row = tokenizer.EncodePair("hello hello hello hello", "world world world world", options);
        Assert.Equal(ids, string.Join(' ', row.Ids));
        Assert.Equal(2, row.LostTokens);
        Assert.Equal(row.Ids.Length - Array.LastIndexOf(row.Ids, 102, row.Ids.Length - 2) - 1, row.TypeIds.Count(t => t == 1));
    }

    [Fact]
    public void Spans_tell_what_each_piece_of_a_normalized_text_came_from()
    {
        var text = "Élan\u0301, unbelievably 中";
        var row = Tokenizer.Load(ShippedData.Bert).Encode(text);
        var parts = row.Ids.Zip(row.Spans, (id, s) => text[s.Start..s.End]).Skip(1).SkipLast(1);
        Assert.Equal(["Él", "an", ",", "un", "bel", "ie", "va", "bly", "中"], parts);
        Assert.Equal([-1, 0, 0, 1, 2, 2, 2, 2, 2, 3, -1], row.WordIds);
    }

    [Fact]
    public void Words_given_keep_their_numbers()
    {
        var row = Tokenizer.Load(ShippedData.Bert).EncodeWords(["unbelievably", "", "U.S."]);
        Assert.Equal([-1, 0, 0, 0, 0, 0, 2, 2, 2, 2, -1], row.WordIds);
    }

    [Fact]
    public void A_saved_tokenizer_is_the_same_byte_for_byte()
    {
        var tokenizer = Load(SmallTokenizers.BytePairs);
        using var other = new TempFolder();
        tokenizer.Save(other.Path);
        foreach (var (name, content) in SmallTokenizers.BytePairs) Assert.Equal(content, File.ReadAllText(other[name]));
        Assert.Equal(tokenizer.VocabularySha256, Tokenizer.Load(other.Path).VocabularySha256);
    }

    [Fact]
    public void Decoding_gives_the_text_back()
    {
        Assert.Equal("hello he", Load(SmallTokenizers.BytePairs).Decode([0, 11, 8, 10, 2]));
        Assert.Equal("it's unbelievably good, isn't it?", Tokenizer.Load(ShippedData.Bert).Decode(
            Tokenizer.Load(ShippedData.Bert).Encode("It's unbelievably good, isn't it?").Ids).Replace(" ' ", "'", StringComparison.Ordinal));
    }

    private Tokenizer Load(Dictionary<string, string> files)
    {
        foreach (var (name, content) in files) _temp.Write(name, content);
        return Tokenizer.Load(_temp.Path);
    }

    // In a method of its own, so that no local variable of the test keeps it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference Used()
    {
        var tokenizer = Load(SmallTokenizers.BytePairs);
        _ = tokenizer.Encode("hello hello");
        return new WeakReference(tokenizer);
    }
}
