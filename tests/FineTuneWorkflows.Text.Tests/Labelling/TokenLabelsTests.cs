using FineTuneWorkflows.Text.Labelling;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.Tests.Labelling;

public sealed class TokenLabelsTests
{
    private static readonly Tokenizer Bert = Tokenizer.Load(ShippedData.Bert);

    [Fact]
    public void Further_tokens_of_a_word_are_left_out_or_continue_it()
    {
        var row = Bert.EncodeWords(["unbelievably", "good"]);
        Assert.Equal([-100, 1, -100, -100, -100, -100, 0, -100], TokenLabels.OfWords(row, [1, 0]));
        Assert.Equal([-100, 1, 2, 2, 2, 2, 0, -100], TokenLabels.OfWords(row, [1, 0], label => label == 1 ? 2 : label));
    }

    [Fact]
    public void Entities_that_overlap_or_lie_outside_the_text_are_refused()
    {
        Assert.Throws<ArgumentException>(() => TextWords.Tag("a b c", [new(0, 3, "PER"), new(2, 5, "LOC")]));
        Assert.Throws<ArgumentException>(() => TextWords.Tag("a b c", [new(0, 6, "PER")]));
    }
}
