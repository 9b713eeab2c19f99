using FineTuneWorkflows.Text.Labelling;

namespace FineTuneWorkflows.Text.Tests.Labelling;

/// <summary>What a word is, in scripts with spaces and without.</summary>
public sealed class TextWordsTests
{
    [Theory]
    [InlineData("The soup (very cold) cost 3.50.", "The|soup|(|very|cold|)|cost|3|.|50|.")]
    [InlineData("naïve_word cafe\u0301s 42nd", "naïve_word|cafe\u0301s|42nd")]
    [InlineData("张伟目前在南京大学工作。", "张|伟|目|前|在|南|京|大|学|工|作|。")]
    [InlineData("买了2台iPhone手机", "买|了|2|台|iPhone|手|机")]
    [InlineData("トヨタはスーパー。", "ト|ヨ|タ|は|ス|ー|パ|ー|。")]
    [InlineData("か\u3099き", "か\u3099|き")]
    [InlineData("น้ำดื่ม", "น้ำ|ดื่|ม")]
    [InlineData("ភាសា", "ភា|សា")]
    [InlineData("삼성전자는 서울에 있다", "삼성전자는|서울에|있다")]
    [InlineData("हिन्दी भाषा", "हिन्दी|भाषा")]
    [InlineData("می\u200Cخواهم برو", "می\u200Cخواهم|برو")]
    [InlineData("😀 Ada👩\u200D👩\u200D👧x🇩🇪🇫🇷 1\uFE0F\u20E3", "😀|Ada|👩\u200D👩\u200D👧|x|🇩🇪|🇫🇷|1\uFE0F\u20E3")]
    [InlineData("auto\u00ADmatic \u200Eleft\u200E\u200Bright", "auto\u00ADmatic|left|right")]
    [InlineData("\u0600x \uFEFF", "\u0600x")]
    [InlineData(" \r\n\u3000 ", "")]
    public void Words_follow_the_script(string text, string words) =>
        Assert.Equal(words, string.Join('|', TextWords.Split(text).Select(w => text[w.Start..w.End])));

    [Fact]
    public void Characters_are_words_where_the_division_says_so() =>
        Assert.Equal("A|P|P|3|张|e\u0301|.", string.Join('|', Slices("APP 3张e\u0301.", WordDivision.Characters)));

    [Theory]
    [InlineData(MisalignedSpans.Widen, "O B-PER O B-ORG I-ORG", 2, 0)]
    [InlineData(MisalignedSpans.Drop, "O O O O O", 0, 2)]
    public void An_entity_that_ends_inside_a_word_is_widened_or_dropped_and_counted(MisalignedSpans policy, string tags, int widened, int dropped)
    {
        const string Text = "Frau Müllers Bank-Haus";
        var tagged = TextWords.Tag(Text, [new(5, 11, "PER"), new(17, 20, "ORG")], policy: policy);
        Assert.Equal(["Frau", "Müllers", "Bank", "-", "Haus"], tagged.Words);
        Assert.Equal(tags, string.Join(' ', tagged.Tags));
        Assert.Equal((2, widened, dropped), (tagged.Misaligned.Count, tagged.Widened, tagged.Dropped));
    }

    [Fact]
    public void Of_two_entities_within_one_word_the_longer_gets_it()
    {
        var tagged = TextWords.Tag("Bank of YorkLondons", [new(8, 12, "A"), new(12, 18, "B")]);
        Assert.Equal(["O", "O", "B-B"], tagged.Tags);
        Assert.Equal((2, 1, 1), (tagged.Misaligned.Count, tagged.Widened, tagged.Dropped));
    }

    [Fact]
    public void Words_are_found_in_their_text_and_joined_as_the_script_writes()
    {
        Assert.Equal([(0, 2), (3, 4), (5, 7)], TextWords.Locate("ab c\tde \n", ["ab", "c", "de"])!.Select(p => (p.Start, p.End)));
        Assert.Null(TextWords.Locate("ab x c", ["ab", "c"]));
        Assert.Null(TextWords.Locate("ab c d", ["ab", "c"]));
        Assert.Null(TextWords.Locate("ab", ["ab", "c"]));
        Assert.Equal("Ada Lovelace , 张伟，在 IBM 工作", TextWords.Join(["Ada", "Lovelace", ",", "张", "伟", "，", "在", "IBM", "工", "作"]));
        Assert.Equal("张3APP", TextWords.Join(["张", "3", "A", "P", "P"], WordDivision.Characters));
    }

    private static IEnumerable<string> Slices(string text, WordDivision division) => TextWords.Split(text, division).Select(w => text[w.Start..w.End]);
}
