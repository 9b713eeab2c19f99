using CsCheck;
using FineTuneWorkflows.Text.Augmentation;
using FineTuneWorkflows.Text.Datasets;

namespace FineTuneWorkflows.Text.Tests.Augmentation;

public class EasyDataAugmenterTests
{
    private static readonly SynonymLexicon Lexicon = SynonymLexicon.Load(ShippedData.Synonyms);
    private static readonly StopWords StopWordList = StopWords.Load(ShippedData.StopWords);
    private static readonly AugmentationOptions Off = new() { SynonymRate = 0, InsertionRate = 0, SwapRate = 0, DeletionRate = 0 };
    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.OneOfConst("The", "movie", "film,", "was", "\"great\"", "GREAT!", "don't", "(bad)", "...", "-", "I", "Bellagio", "food", "...loved",
            "time-out", "🙂", "é", "and", "phone.", "10/10"),
        Gen.Char[' ', '~'].Select(c => c.ToString())).Array[1, 25].Select(words => string.Join(' ', words)).Where(t => !string.IsNullOrWhiteSpace(t));

    [Fact]
    public void Defaults_are_those_of_the_paper()
    {
        var options = new AugmentationOptions();
        Assert.Equal((4, 0.1, 0.1, 0.1, 0.1, 42L),
            (options.Copies, options.SynonymRate, options.InsertionRate, options.SwapRate, options.DeletionRate, options.Seed));
    }

    [Fact]
    public void A_copy_is_never_empty_never_the_original_and_always_the_same() => Texts.Select(Gen.Int[0, 20], Gen.Long).Sample((text, copy, seed) =>
    {
        var changed = With(new AugmentationOptions { Seed = seed }).Augment(text, copy, out var operation);
        Assert.Equal(changed, With(new AugmentationOptions { Seed = seed }).Augment(text, copy, out var again));
        Assert.Equal(operation, again);
        if (changed is null) return;
        Assert.False(string.IsNullOrWhiteSpace(changed));
        Assert.NotEqual(TextIdentity.Of(text), TextIdentity.Of(changed));
    }, iter: 3_000);

    [Fact]
    public void Replacement_changes_the_stated_share_of_words_to_synonyms_and_no_stop_word() => Texts.Sample(text =>
    {
        var changed = With(Off with { SynonymRate = 0.3 }).Augment(text, 0, out _);
        var before = Words(text);
        if (changed is null) return;
        var after = Words(changed);
        Assert.Equal(before.Length, after.Length);
        var places = Enumerable.Range(0, before.Length).Where(i => before[i] != after[i]).ToArray();
        Assert.InRange(places.Length, 1, Math.Max(1, (int)(0.3 * before.Count(w => w.Any(char.IsLetterOrDigit) || w.Any(char.IsSurrogate)))));
        foreach (var i in places)
        {
            Assert.False(StopWordList.Contains(Core(before[i])));
            Assert.Contains(Lexicon.Of(Core(before[i])), s => s.Equals(Core(after[i]), StringComparison.OrdinalIgnoreCase));
        }
    }, iter: 2_000);

    [Fact]
    public void Insertion_adds_synonyms_and_keeps_every_word_in_order() => Texts.Sample(text =>
    {
        var changed = With(Off with { InsertionRate = 0.2 }).Augment(text, 0, out _);
        if (changed is null) return;
        var rest = new Queue<string>(Words(text));
        var added = 0;
        foreach (var word in Words(changed))
        {
            if (rest.TryPeek(out var expected) && expected == word) rest.Dequeue();
            else added++;
        }
        Assert.Empty(rest);
        Assert.InRange(added, 1, Math.Max(1, (int)(0.2 * Words(text).Length)));
    }, iter: 2_000);

    [Fact]
    public void A_swap_keeps_the_words_and_the_punctuation_where_it_was() => Texts.Sample(text =>
    {
        var changed = With(Off with { SwapRate = 0.2 }).Augment(text, 0, out _);
        if (changed is null) return;
        Assert.Equal(Words(text).Select(w => Core(w).ToLowerInvariant()).Order(StringComparer.Ordinal),
            Words(changed).Select(w => Core(w).ToLowerInvariant()).Order(StringComparer.Ordinal));
        Assert.Equal(Words(text).Select(Around), Words(changed).Select(Around));
    }, iter: 2_000);

    [Fact]
    public void Deletion_removes_words_keeps_the_order_of_the_others_and_leaves_one_at_least() => Texts.Sample(text =>
    {
        var changed = With(Off with { DeletionRate = 0.5 }).Augment(text, 0, out _);
        if (changed is null) return;
        var rest = new Queue<string>(Words(text).Select(w => Core(w).ToLowerInvariant()).Where(w => w.Length > 0));
        var kept = Words(changed).Select(w => Core(w).ToLowerInvariant()).Where(w => w.Length > 0).ToArray();
        Assert.InRange(kept.Length, 1, rest.Count - 1);
        foreach (var word in kept)
        {
            while (rest.Count > 0 && rest.Peek() != word) rest.Dequeue();
            Assert.Equal(word, rest.Dequeue());
        }
    }, iter: 2_000);

    [Fact]
    public void Operations_take_turns_from_copy_to_copy()
    {
        var augmenter = With(new AugmentationOptions());
        const string text = "The food was barely lukewarm, so it must have been waiting for the server.";
        var operations = new EdaOperation[8];
        for (var copy = 0; copy < 8; copy++) Assert.NotNull(augmenter.Augment(text, copy, out operations[copy]));
        Assert.Equal(operations[..4], operations[4..]);
        Assert.Equal(4, operations.Distinct().Count());
    }

    [Theory]
    [InlineData("GREAT movie!", "film", "GREAT film!")]
    [InlineData("Movie (great).", "film", "Film (great).")]
    public void Case_and_punctuation_belong_to_the_place(string text, string synonym, string expected)
    {
        var sentence = Sentence.Parse(text);
        sentence.Replace(text.StartsWith("Movie", StringComparison.Ordinal) ? 0 : 1, synonym);
        Assert.Equal(expected, sentence.ToString());
    }

    [Theory]
    [InlineData("The food was good.", 0, 1, "Food the was good.")]
    [InlineData("I love Bellagio!", 0, 2, "Bellagio love I!")]
    [InlineData("Bellagio was \"great\".", 0, 2, "Great was \"Bellagio\".")]
    [InlineData("WORST phone ever", 0, 1, "Phone WORST ever")]
    public void A_swap_keeps_the_capital_at_the_start(string text, int first, int second, string expected)
    {
        var sentence = Sentence.Parse(text);
        sentence.Swap(first, second, word => Lexicon.Of(word).Count > 0 || StopWordList.Contains(word));
        Assert.Equal(expected, sentence.ToString());
    }

    [Theory]
    [InlineData("Sadly, it (really) broke.", new[] { 0 }, "It (really) broke.")]
    [InlineData("It really broke.", new[] { 2 }, "It really.")]
    [InlineData("It (really did) break.", new[] { 1 }, "It (did) break.")]
    [InlineData("It broke - twice, sadly.", new[] { 3, 4 }, "It broke -")]
    [InlineData("Well, yes!", new[] { 1 }, "Well,")]
    public void Punctuation_of_removed_words_moves_to_their_neighbours_where_those_have_none(string text, int[] places, string expected)
    {
        var sentence = Sentence.Parse(text);
        sentence.Remove(places.ToHashSet());
        Assert.Equal(expected, sentence.ToString());
    }

    [Theory]
    [InlineData("xyzzyx")]
    [InlineData("...")]
    public void A_text_that_nothing_can_change_gives_no_copy(string text) => Assert.Null(With(new AugmentationOptions()).Augment(text, 0, out _));

    [Fact]
    public void Rates_and_copies_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => With(new AugmentationOptions { SynonymRate = 1.1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => With(new AugmentationOptions { SwapRate = double.NaN }));
        Assert.Throws<ArgumentOutOfRangeException>(() => With(new AugmentationOptions { DeletionRate = 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => With(new AugmentationOptions { Copies = 0 }));
        Assert.Throws<ArgumentException>(() => With(Off));
    }

    private static EasyDataAugmenter With(AugmentationOptions options) => new(Lexicon, StopWordList, options);

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static (string Before, string After) Around(string word)
    {
        var core = Core(word);
        var start = word.IndexOf(core, StringComparison.Ordinal);
        return (word[..start], word[(start + core.Length)..]);
    }

    private static string Core(string word)
    {
        var sentence = Sentence.Parse(word);
        return sentence.Count == 0 ? "" : sentence.Core(0);
    }
}
