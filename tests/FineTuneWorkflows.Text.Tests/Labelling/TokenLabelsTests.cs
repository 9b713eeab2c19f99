using CsCheck;
using FineTuneWorkflows.Text.Labelling;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.Tests.Labelling;

public sealed class TokenLabelsTests : IDisposable
{
    private static readonly string[] Tags = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"];
    private static readonly Tokenizer Bert = Tokenizer.Load(ShippedData.Bert);
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Every_entity_survives_the_way_to_tokens_and_back()
    {
        var word = Gen.OneOfConst("unbelievably", "München", "U.S.", "x", "中文", "Łódź", "O'Neill", "42nd", "naïve-ish");
        var piece = Gen.Select(word.List[1, 3], Gen.OneOfConst("", "PER", "LOC"));
        piece.List[1, 8].Sample(pieces =>
        {
            var text = "";
            var entities = new List<EntitySpan>();
            foreach (var (words, label) in pieces)
            {
                if (text.Length > 0) text += " ";
                var start = text.Length;
                text += string.Join(' ', words);
                if (label.Length > 0) entities.Add(new EntitySpan(start, text.Length, label));
            }
            var row = Bert.Encode(text);
            var labels = TokenLabels.OfEntities(row, text, entities, Tags);
            Assert.Equal(TokenLabels.Ignored, labels[0]);
            Assert.Equal(TokenLabels.Ignored, labels[^1]);
            Assert.Equal(entities, TokenLabels.ToEntities(row, text, labels, Tags));
        });
    }

    [Fact]
    public void Further_tokens_of_a_word_are_left_out_or_continue_it()
    {
        var row = Bert.EncodeWords(["unbelievably", "good"]);
        Assert.Equal([-100, 1, -100, -100, -100, -100, 0, -100], TokenLabels.OfWords(row, [1, 0]));
        Assert.Equal([-100, 1, 2, 2, 2, 2, 0, -100], TokenLabels.OfWords(row, [1, 0], label => label == 1 ? 2 : label));
    }

    [Fact]
    public void Overlapping_entities_are_refused()
    {
        var row = Bert.Encode("a b c");
        Assert.Throws<ArgumentException>(() => TokenLabels.OfEntities(row, "a b c", [new(0, 3, "PER"), new(2, 5, "LOC")], Tags));
        Assert.Throws<ArgumentException>(() => TokenLabels.OfEntities(row, "a b c", [new(0, 6, "PER")], Tags));
    }

    [Fact]
    public void A_CoNLL_file_gives_its_sentences()
    {
        var path = _temp.Write("x.conll", "-DOCSTART- -X- O\n\nAnn NNP B-PER\nLee NNP I-PER\n\n\nhome NN O\n");
        var sentences = ConllFile.Read(path, TestContext.Current.CancellationToken).ToList();
        Assert.Equal(["Ann", "Lee"], sentences[0].Tokens);
        Assert.Equal(["B-PER", "I-PER"], sentences[0].Tags);
        Assert.Equal((3, 7), (sentences[0].Line, sentences[1].Line));
    }

    [Theory]
    [InlineData("Ann B-PER\nLee\n", ":2: the word 'Lee' has no tag")]
    [InlineData("Ann PER\n", ":1: the tag 'PER' is none")]
    [InlineData("\n\n", "has no sentences")]
    public void A_bad_CoNLL_line_is_an_error_that_names_it(string content, string problem)
    {
        var path = _temp.Write("x.conll", content);
        var error = Assert.Throws<TextDataException>(() => ConllFile.Read(path, TestContext.Current.CancellationToken).ToList());
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }
}
