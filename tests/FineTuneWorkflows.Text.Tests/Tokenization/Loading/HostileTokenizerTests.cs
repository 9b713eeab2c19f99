using FineTuneWorkflows.Text.Tokenization;
using FineTuneWorkflows.Text.Tokenization.Patterns;

namespace FineTuneWorkflows.Text.Tests.Tokenization.Loading;

/// <summary>A tokenizer comes from anywhere: what it makes us run is bounded, and what it makes too much of is named.</summary>
public sealed class HostileTokenizerTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("""{"type": "Split", "pattern": {"Regex": "(a+)+$"}, "behavior": "Isolated", "invert": false}""", "null", "'pre_tokenizer.pattern.Regex' is a regular expression that takes too long on a text of 41 characters: (a+)+$")]
    [InlineData("null", """{"type": "Sequence", "normalizers": [{"type": "Replace", "pattern": {"Regex": "(a+)+$"}, "content": "b"}]}""", "'normalizer.normalizers[0].pattern.Regex' is a regular expression that takes too long on a text of 41 characters: (a+)+$")]
    public void An_expression_that_backtracks_for_ever_is_stopped_and_named(string preTokenizer, string normalizer, string problem)
    {
        var tokenizer = Load(preTokenizer, normalizer);
        Assert.Equal($"{_temp["tokenizer.json"]}: {problem}", Assert.Throws<TextDataException>(() => tokenizer.Encode(new string('a', 40) + "!")).Message);
        Assert.NotEmpty(tokenizer.Encode(new string('a', 5_000)).Ids);
    }

    [Fact]
    public void A_search_is_given_up_after_two_tries_or_at_once_where_it_is_cancelled()
    {
        var pattern = new RegexPattern(@"^(?=(a+)+$)a|\s+(?!\S)", "pre_tokenizer.pattern.Regex", "tokenizer.json", TimeSpan.FromMilliseconds(50));
        var error = Assert.Throws<TextDataException>(() => pattern.Find(new string('a', 5_000) + "!", [], default));
        Assert.Equal(@"tokenizer.json: 'pre_tokenizer.pattern.Regex' is a regular expression that takes too long on a text of 5001 characters: ^(?=(a+)+$)a|\s+(?!\S)", error.Message);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => pattern.Find(new string('a', 5_000) + "!", [], cancelled.Token));

        var matches = new List<TokenSpan>();
        pattern.Find("a b  ", matches, default);
        Assert.Equal([new TokenSpan(3, 5)], matches);
    }

    [Fact]
    public void Many_slow_matches_are_too_slow_together()
    {
        // Each match is quick, and there are too many.
        var pattern = new RegexPattern(@"(?=.*x)a|b", "p", "f", TimeSpan.FromMilliseconds(20));
        Assert.Contains("takes too long", Assert.Throws<TextDataException>(() => pattern.Find(string.Concat(Enumerable.Repeat("ab", 400_000)), [], default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_normalizer_that_makes_too_much_of_a_text_is_stopped_and_named()
    {
        var replace = $$"""{"type": "Replace", "pattern": {"String": "a"}, "content": "{{new string('a', 1000)}}"}""";
        var tokenizer = Load("null", $$"""{"type": "Sequence", "normalizers": [{{replace}}, {{replace}}, {{replace}}]}""");
        var error = Assert.Throws<TextDataException>(() => tokenizer.Encode(new string('a', 10)));
        Assert.Equal($"{_temp["tokenizer.json"]}: the normalizer 'normalizer.normalizers[0]' makes more than 4736 characters of a text of 10", error.Message);
        // The same for each text, whatever was encoded before.
        Assert.NotEmpty(Load("null", replace).Encode("aaaa").Ids);
        Assert.Equal(error.Message, Assert.Throws<TextDataException>(() => tokenizer.Encode(new string('a', 10))).Message);
        var prepend = Load("null", $$"""{"type": "Prepend", "prepend": "{{new string('a', 9000)}}"}""");
        Assert.Contains("makes more than 4160 characters of a text of 1", Assert.Throws<TextDataException>(() => prepend.Encode("b")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_decoder_that_makes_too_much_of_a_text_is_stopped_and_named()
    {
        var replace = $$"""{"type": "Replace", "pattern": {"String": "a"}, "content": "{{new string('a', 1000)}}"}""";
        var tokenizer = Load("null", "null", $$"""{"type": "Sequence", "decoders": [{{replace}}, {{replace}}]}""");
        Assert.Contains("the decoder 'decoder.decoders[1]' makes 1000000 characters of 1000; 68096 at most", Assert.Throws<TextDataException>(() => tokenizer.Decode([0])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"post_processor\": null", "\"post_processor\": {\"type\": \"BertProcessing\", \"cls\": [\"a\", 0], \"sep\": [\"b\", 77]}", "the post-processor puts the token number 77 around a text, but the vocabulary ends at 2")]
    [InlineData("\"max_input_chars_per_word\": 100", "\"continuing_subword_prefix\": \"##########################################################################\", \"max_input_chars_per_word\": 100", null)]
    [InlineData("\"b\": 1", "\"b\": 1, \"LONG\": 3", "is an entry of 5000 characters; 4096 at most are supported")]
    [InlineData("\"added_tokens\": []", "\"added_tokens\": [{\"id\": 3, \"content\": \"LONG\"}]", "it must be a token of 1000 characters at most")]
    [InlineData("\"normalizer\": null", "\"normalizer\": {\"type\": \"Sequence\", \"normalizers\": [MANY]}", "'normalizer' has more than 1000 steps")]
    [InlineData("\"normalizer\": null", "\"normalizer\": {\"type\": \"Replace\", \"content\": \"\", \"pattern\": {\"Regex\": \"LONGLONGLONG\"}}", "it has more than 10000 characters")]
    [InlineData("\"decoder\": null", "\"decoder\": {\"type\": \"BPEDecoder\", \"suffix\": \"\"}", "it must be a string that is not empty")]
    public void A_file_that_asks_for_more_than_any_tokenizer_has_is_refused(string from, string to, string? problem)
    {
        to = to.Replace("LONG", new string('a', 5000), StringComparison.Ordinal).Replace("MANY", string.Join(',', Enumerable.Repeat("{\"type\": \"Lowercase\"}", 1001)), StringComparison.Ordinal);
        var json = Json("null", "null").Replace(from, to, StringComparison.Ordinal);
        Assert.Contains(to, json, StringComparison.Ordinal);
        _temp.Write("tokenizer.json", json);
        if (problem is null) Assert.Equal([0, 2], Tokenizer.Load(_temp.Path).Encode("a abab").Ids);
        else Assert.Contains(problem, Assert.Throws<TextDataException>(() => Tokenizer.Load(_temp.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_text_is_not_encoded_to_its_end_whatever_the_tokenizer()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var options = new EncodeOptions { CancellationToken = cancelled.Token };
        var text = string.Concat(Enumerable.Repeat("ab ", 50_000));
        var fixtures = Path.Combine(AppContext.BaseDirectory, "Tokenization", "Fixtures");
        string[] kinds = [.. Directory.GetDirectories(fixtures).Where(d => !File.Exists(Path.Combine(d, "README.md")) && Directory.EnumerateFiles(d).Any()), ShippedData.Bert];
        Assert.NotEmpty(kinds);
        foreach (var kind in kinds)
        {
            if (!Tokenizer.FileNames.Any(name => File.Exists(Path.Combine(kind, name)))) continue;
            Assert.Throws<OperationCanceledException>(() => Tokenizer.Load(kind).Encode(text, options));
        }
    }

    [Fact]
    public void Many_added_tokens_with_the_same_beginning_take_no_longer_than_one()
    {
        // 20,000 tokens are looked for at each of 200,000 places; one after another that would be 4,000 million comparisons.
        var added = string.Join(',', Enumerable.Range(0, 20_000).Select(i => $$"""{"id": {{i + 3}}, "content": "<{{i}}>"}"""));
        _temp.Write("tokenizer.json", Json("null", "null").Replace("\"added_tokens\": []", $"\"added_tokens\": [{added}]", StringComparison.Ordinal));
        var ids = Tokenizer.Load(_temp.Path).Encode(new string('<', 200_000) + "<19999><7><20000>a").Ids;
        Assert.Contains(20_002, ids);
        Assert.Contains(10, ids);
    }

    private Tokenizer Load(string preTokenizer, string normalizer, string decoder = "null")
    {
        _temp.Write("tokenizer.json", Json(preTokenizer, normalizer, decoder));
        return Tokenizer.Load(_temp.Path);
    }

    private static string Json(string preTokenizer, string normalizer, string decoder = "null") =>
        $$"""
        {"version": "1.0", "added_tokens": [], "normalizer": {{normalizer}}, "pre_tokenizer": {{(preTokenizer == "null" ? "{\"type\": \"WhitespaceSplit\"}" : preTokenizer)}}, "post_processor": null, "decoder": {{decoder}},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "max_input_chars_per_word": 100, "vocab": {"a": 0, "b": 1, "[UNK]": 2} } }
        """;
}
